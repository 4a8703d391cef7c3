import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { JostleError } from '@jostle/contracts';

/**
 * Makes sure that one `npm start` at a time uses a data folder. A lock whose process is gone, after a power cut or a
 * kill, is taken over.
 *
 * @returns what gives the lock back
 * @throws JostleError DEMO_FOLDER_IN_USE naming the other process
 */
export function lockFolder(folder: string): () => void {
  const path = join(folder, 'start.pid');
  const holder = Number(readIfThere(path));
  if (holder > 0 && holder !== process.pid && isAlive(holder))
    throw new JostleError(
      'DEMO_FOLDER_IN_USE',
      `npm start is already running on this data folder (pid ${holder}): stop it, or give another JOSTLE_DATA_DIR`,
    );
  writeFileSync(path, `${process.pid}\n`);
  return () => rmSync(path, { force: true });
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
