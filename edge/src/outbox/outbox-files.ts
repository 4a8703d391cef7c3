import { existsSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { syncFolder } from './seq-reserve.ts';

/** What SQLite keeps of one database: the file first, then what lies beside it. */
const SUFFIXES = ['', '-wal', '-shm', '-journal'] as const;

/** Removes a database, and what a power cut left of it. */
export function removeDatabase(path: string): void {
  for (const suffix of SUFFIXES) rmSync(path + suffix, { force: true });
}

/** Moves a damaged outbox out of its place. @returns where it is now */
export function setAside(path: string): string {
  return moveAside(path, newestAside(path) + 1);
}

/** Moves the log after its outbox, which a power cut parted. */
export function setLogAside(path: string): void {
  if (existsSync(`${path}-wal`)) moveAside(path, Math.max(1, newestAside(path)));
}

/** Deletes all but the newest of the damaged files that were set aside. @returns the paths of those that are gone */
export function keepNewestAside(path: string, count: number): string[] {
  const numbers = numbersAside(path);
  const old = numbers.slice(0, Math.max(0, numbers.length - count)).map((n) => asidePath(path, n));
  for (const one of old) removeDatabase(one);
  return old;
}

function moveAside(path: string, n: number): string {
  const aside = asidePath(path, n);
  // The file first: while it is there, a power cut lets everything begin anew.
  for (const suffix of SUFFIXES) if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  syncFolder(dirname(path));
  return aside;
}

const asidePath = (path: string, n: number) => `${path}.damaged-${n}`;

const newestAside = (path: string) => numbersAside(path).at(-1) ?? 0;

/** Rising; a higher number was set aside later. */
function numbersAside(path: string): number[] {
  const start = `${basename(path)}.damaged-`;
  const numbers = readdirSync(dirname(path)).flatMap((name) => {
    const [, digits] = /^(\d+)(-wal|-shm|-journal)?$/.exec(name.slice(start.length)) ?? [];
    return name.startsWith(start) && digits !== undefined ? [Number(digits)] : [];
  });
  return [...new Set(numbers)].sort((a, b) => a - b);
}
