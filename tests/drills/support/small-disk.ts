import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A file system in memory that can be filled to its last byte. */
export interface SmallDisk {
  path: string;
  /** Another process takes all the room that is left. */
  fill(): Promise<void>;
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
    throw new Error('a small disk needs the right to mount (root; in a container --cap-add SYS_ADMIN)', {
      cause: error,
    });
  }
  const unmount = () => {
    process.removeListener('exit', unmount);
    // Lazily: a process that is just ending may still have a file open.
    execFileSync('umount', ['-l', path], { stdio: 'pipe' });
  };
  // First: what it is mounted in is removed then, too.
  process.prependOnceListener('exit', unmount);
  const filler = join(path, 'filler');
  return {
    path,
    fill: async () => {
      const args = ['if=/dev/zero', `of=${filler}`, 'bs=4k', 'oflag=append', 'conv=notrunc'];
      // Ends with an error when the disk is full.
      await once(spawn('dd', args, { stdio: 'ignore' }), 'exit');
    },
    free: () => rmSync(filler, { force: true }),
    unmount,
  };
}
