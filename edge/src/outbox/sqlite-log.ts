import { existsSync, readFileSync } from 'node:fs';
import { endianness } from 'node:os';

/**
 * Reads the write-ahead log of an SQLite file. SQLite itself believes nothing behind the first frame that is not sound; here
 * each frame is held against the check sum of the one before it, so that what lies behind a damaged one is found, too.
 *
 * Layout: "WAL-mode File Format" of the SQLite documentation, sections 1 and 2.
 */

const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The first word of a log; its lowest bit says in which order the bytes of the words are summed up. */
const MAGIC = 0x377f0682;
const BIG_ENDIAN_BIT = 1;

export interface LogPage {
  /** Counts from 1. */
  number: number;
  bytes: Buffer;
}

export interface SqliteLog {
  /** The pages of sound frames that were committed, in their order; a page may come several times. */
  pages: LogPage[];
  /** Whether something is damaged that was synced to the disk: a later transaction follows. A power cut does not do that. */
  isBroken: boolean;
}

interface Frame {
  page: LogPage;
  isCommit: boolean;
  isSound: boolean;
}

/** @param pageBytes of the database */
export function readSqliteLog(path: string, pageBytes: number): SqliteLog {
  const bytes = existsSync(path) ? readFileSync(path) : Buffer.alloc(0);
  const { isHeaderSound, frames } = framesOf(bytes, pageBytes);
  const commits = frames.flatMap(({ isSound, isCommit }, i) => (isSound && isCommit ? [i] : []));
  const end = (commits.at(-1) ?? -1) + 1;
  const firstDamaged = isHeaderSound ? frames.findIndex(({ isSound }) => !isSound) : 0;
  // The transaction of a commit was synced before the frame behind it was written.
  const isBroken =
    firstDamaged !== -1 && commits.some((i) => i >= firstDamaged && frames[i + 1]?.isSound === true);
  const committed = frames.slice(0, end).filter(({ isSound }) => isSound);
  return { pages: committed.map(({ page }) => page), isBroken };
}

function framesOf(bytes: Buffer, pageBytes: number): { isHeaderSound: boolean; frames: Frame[] } {
  if (bytes.length < HEADER_BYTES + FRAME_HEADER_BYTES + pageBytes)
    return { isHeaderSound: true, frames: [] };
  const isSaidBig = ((bytes[3] ?? 0) & BIG_ENDIAN_BIT) !== 0;
  // A zeroed header has the right check sum, too.
  const isHeaderSound =
    bytes.readUInt32BE(0) === (isSaidBig ? MAGIC + BIG_ENDIAN_BIT : MAGIC) &&
    checkSum(bytes.subarray(0, 24), START, isSaidBig).equals(bytes.subarray(24, 32));
  const isBigEndian = isHeaderSound ? isSaidBig : endianness() === 'BE';
  let before = bytes.subarray(24, 32);
  const found = [];
  const step = FRAME_HEADER_BYTES + pageBytes;
  for (let at = HEADER_BYTES; at + step <= bytes.length; at += step) {
    const page = bytes.subarray(at + FRAME_HEADER_BYTES, at + step);
    const sum = checkSum(page, checkSum(bytes.subarray(at, at + 8), before, isBigEndian), isBigEndian);
    before = bytes.subarray(at + 16, at + 24);
    const number = bytes.readUInt32BE(at);
    found.push({
      page: { number, bytes: page },
      isCommit: bytes.readUInt32BE(at + 4) !== 0,
      salts: bytes.subarray(at + 8, at + 16),
      isNext: number > 0 && sum.equals(before),
    });
  }
  // The first frames are always of the present log; what an earlier one left comes behind.
  const salts = isHeaderSound ? bytes.subarray(16, 24) : found.find(({ isNext }) => isNext)?.salts;
  const frames = found.map(({ page, isCommit, isNext, salts: own }) => ({
    page,
    isCommit,
    isSound: isNext && salts?.equals(own) === true,
  }));
  return { isHeaderSound, frames };
}

const START = Buffer.alloc(8);

/** Goes on from an earlier check sum; sums are kept in big-endian order. */
function checkSum(bytes: Buffer, before: Buffer, isBigEndian: boolean): Buffer {
  const wordAt = (at: number) => (isBigEndian ? bytes.readUInt32BE(at) : bytes.readUInt32LE(at));
  let a = before.readUInt32BE(0);
  let b = before.readUInt32BE(4);
  for (let at = 0; at < bytes.length; at += 8) {
    a = (a + wordAt(at) + b) >>> 0;
    b = (b + wordAt(at + 4) + a) >>> 0;
  }
  const sum = Buffer.alloc(8);
  sum.writeUInt32BE(a, 0);
  sum.writeUInt32BE(b, 4);
  return sum;
}
