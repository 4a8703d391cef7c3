import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** A small disk of its own, which another process can fill. */
export interface SmallDisk {
  path: string;
  /** Another process writes until there is no room. */
  fill(): Promise<void>;
  /** What it wrote is deleted. */
  free(): void;
  unmount(): void;
}

/**
 * Mounts a small file system in memory.
 *
 * @throws Error where this process may not mount
 */
export function mountSmallDisk(path: string, sizeMb: number): SmallDisk {
  mkdirSync(path);
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=0700`, 'tmpfs', path];
    execFileSync('mount', options, { stdio: ['ignore', 'ignore', 'pipe'] });
  } catch (error) {
    throw new Error('a full disk needs the right to mount (root; in a container --cap-add SYS_ADMIN)', {
      cause: error,
    });
  }
  const others: string[] = [];
  return {
    path,
    fill: async () => {
      const file = join(path, `other-${others.length}`);
      others.push(file);
      // Ends with an error when the disk is full.
      await once(spawn('dd', ['if=/dev/zero', `of=${file}`, 'bs=4k'], { stdio: 'ignore' }), 'exit');
    },
    free: () => {
      for (const file of others.splice(0)) rmSync(file);
    },
    unmount: () => {
      execFileSync('umount', [path]);
    },
  };
}
