import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const CHUNK = Buffer.alloc(64 * 1024, 0xa5);

/** A file system in memory that can be filled to its last byte. */
export interface SmallDisk {
  path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  unmount(): void;
}

/** @throws Error where this process may not mount: it takes root, in a container also CAP_SYS_ADMIN */
export function mountSmallDisk(path: string, megabytes: number): SmallDisk {
  mkdirSync(path, { recursive: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', path], { stdio: 'pipe' });
  } catch (error) {
    throw new Error('A small disk cannot be mounted: run this drill as root.', { cause: error });
  }
  const filler = join(path, 'filler');
  return {
    path,
    fill: () => fill(filler),
    free: () => rmSync(filler, { force: true }),
    // Lazily: a process that is just ending may still have a file open.
    unmount: () => execFileSync('umount', ['-l', path], { stdio: 'pipe' }),
  };
}

function fill(path: string): void {
  const file = openSync(path, 'a');
  try {
    for (let size = CHUNK.length; size >= 1; size >>= 1)
      try {
        for (;;) writeSync(file, CHUNK, 0, size);
      } catch (error) {
        if ((error as { code?: string }).code !== 'ENOSPC') throw error;
      }
  } finally {
    closeSync(file);
  }
}
