import { closeSync, existsSync, fsyncSync, openSync, renameSync } from 'node:fs';
import { dirname } from 'node:path';
import { removeDatabase, setAside, setLogAside } from './outbox-files.ts';
import { syncFolder } from './seq-reserve.ts';

/**
 * How a salvaged file takes the place of a damaged one. The name says how far it has come, so that a power cut at any step
 * leaves what the next start can go on with: `.salvaging` may be half a file, `.salvaged` is a whole one.
 */

/** Where a salvage is made. */
export function salvagingPath(path: string): string {
  return `${path}.salvaging`;
}

const salvagedPath = (path: string) => `${path}.salvaged`;

/**
 * Puts what was made at `salvagingPath`, whole and closed, in the place of the outbox.
 *
 * @returns where the damaged file is now
 */
export function exchange(path: string): string {
  syncFile(salvagingPath(path));
  renameSync(salvagingPath(path), salvagedPath(path));
  syncFolder(dirname(path));
  const aside = setAside(path);
  putInPlace(path);
  return aside;
}

/**
 * Ends an exchange that a power cut interrupted; half a salvage is thrown away.
 *
 * @param isWhole says it of a salvaged file while the damaged one is still there to begin anew with
 */
export function finishExchange(path: string, isWhole: (salvaged: string) => boolean): void {
  removeDatabase(salvagingPath(path));
  const salvaged = salvagedPath(path);
  if (!existsSync(salvaged)) return;
  if (!existsSync(path)) setLogAside(path);
  else if (isWhole(salvaged)) setAside(path);
  else {
    removeDatabase(salvaged);
    return;
  }
  putInPlace(path);
}

function putInPlace(path: string): void {
  renameSync(salvagedPath(path), path);
  syncFolder(dirname(path));
}

function syncFile(path: string): void {
  const file = openSync(path, 'r+');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
