import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs';
import { readSqliteLog } from './sqlite-log.ts';

/**
 * Reads rows out of the pages of an SQLite file without its tree: what lies in a sound page is found although the pages
 * above it are gone. Also old versions of pages are looked at, so that a row may come several times, and rows that were
 * deleted may come: whoever asks must check each row.
 *
 * Layout: "Database File Format" of the SQLite documentation, sections 1.6 (b-tree pages), 2.1 (record format), 4.1 (WAL).
 */

export const PAGE_BYTES = 4096;
const FILE_HEADER_BYTES = 100;
const LEAF_TABLE = 0x0d;
const LEAF_HEADER_BYTES = 8;
/** The most of a row that lies in its leaf page, and the least where it goes on elsewhere (section 1.6). */
const LOCAL_MAX = PAGE_BYTES - 35;
const LOCAL_MIN = Math.floor(((PAGE_BYTES - 12) * 32) / 255) - 23;
/** No row of an outbox is larger: a message has less room. */
const ROW_MAX_BYTES = 128 * 1024;

export type SqlValue = number | string | null;

export interface PageRow {
  rowid: number;
  values: SqlValue[];
}

/** The pages of a file, then those of its write-ahead log: an index counts from 0 through both. */
export interface SqlitePages {
  count: number;
  /** The rows of a page where it is a leaf of a table; none where it is another. */
  rowsAt(index: number): Generator<PageRow>;
  close(): void;
}

/** Opens what there is of a file and its log; without either there are no pages. */
export function openSqlitePages(path: string): SqlitePages {
  const log = readSqliteLog(`${path}-wal`, PAGE_BYTES).pages;
  const main = existsSync(path) ? openSync(path, 'r') : undefined;
  const pages = main === undefined ? 0 : Math.ceil(fstatSync(main).size / PAGE_BYTES);
  // Keyed by the number of the page: its last version in the log is the latest.
  const latest = new Map(log.map(({ number, bytes }) => [number, bytes]));
  const pageAt = (index: number) => {
    const bytes = Buffer.alloc(PAGE_BYTES);
    if (main !== undefined) readSync(main, bytes, 0, PAGE_BYTES, index * PAGE_BYTES);
    return bytes;
  };
  const pageNumbered: NumberedPage = (number) =>
    latest.get(number) ?? (number >= 1 && number <= pages ? pageAt(number - 1) : undefined);
  return {
    count: pages + log.length,
    rowsAt: (index) => {
      const { number, bytes } = log[index - pages] ?? { number: index + 1, bytes: pageAt(index) };
      return rowsOf(bytes, number === 1 ? FILE_HEADER_BYTES : 0, pageNumbered);
    },
    close: () => {
      if (main !== undefined) closeSync(main);
    },
  };
}

/** The latest version of a page. */
type NumberedPage = (number: number) => Buffer | undefined;

function* rowsOf(page: Buffer, start: number, pageNumbered: NumberedPage): Generator<PageRow> {
  if (page[start] !== LEAF_TABLE) return;
  const cells = page.readUInt16BE(start + 3);
  for (let i = 0; i < cells; i++) {
    const pointerAt = start + LEAF_HEADER_BYTES + 2 * i;
    if (pointerAt + 2 > PAGE_BYTES) return;
    const row = cellAt(page, page.readUInt16BE(pointerAt), pageNumbered);
    if (row !== undefined) yield row;
  }
}

function cellAt(page: Buffer, at: number, pageNumbered: NumberedPage): PageRow | undefined {
  try {
    const [size, afterSize] = varintAt(page, at);
    const [rowid, from] = varintAt(page, afterSize);
    if (size > ROW_MAX_BYTES) return undefined;
    const payload = payloadAt(page, from, size, pageNumbered);
    return payload === undefined ? undefined : { rowid, values: valuesOf(payload) };
  } catch (error) {
    // Garbage points beyond the end.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function payloadAt(page: Buffer, from: number, size: number, pageNumbered: NumberedPage): Buffer | undefined {
  if (size <= LOCAL_MAX) return from + size <= PAGE_BYTES ? page.subarray(from, from + size) : undefined;
  const wanted = LOCAL_MIN + ((size - LOCAL_MIN) % (PAGE_BYTES - 4));
  const local = wanted <= LOCAL_MAX ? wanted : LOCAL_MIN;
  const parts = [page.subarray(from, from + local)];
  let next = page.readUInt32BE(from + local);
  for (let left = size - local; left > 0; left -= PAGE_BYTES - 4) {
    const more = pageNumbered(next);
    if (more === undefined) return undefined;
    parts.push(more.subarray(4, 4 + Math.min(left, PAGE_BYTES - 4)));
    next = more.readUInt32BE(0);
  }
  return Buffer.concat(parts);
}

function valuesOf(payload: Buffer): SqlValue[] {
  const [headerBytes, first] = varintAt(payload, 0);
  const values: SqlValue[] = [];
  let typeAt = first;
  let at = headerBytes;
  while (typeAt < headerBytes) {
    const [type, next] = varintAt(payload, typeAt);
    typeAt = next;
    const [value, bytes] = valueAt(payload, at, type);
    values.push(value);
    at += bytes;
  }
  return values;
}

/** Bytes of an integer by its serial type (section 2.1). */
const INTEGER_BYTES = [0, 1, 2, 3, 4, 6, 8];

function valueAt(payload: Buffer, at: number, type: number): [value: SqlValue, bytes: number] {
  if (type === 0) return [null, 0];
  if (type === 8 || type === 9) return [type - 8, 0];
  if (type === 7) return [payload.readDoubleBE(at), 8];
  const bytes = INTEGER_BYTES[type];
  if (bytes === 8) return [Number(payload.readBigInt64BE(at)), 8];
  if (bytes !== undefined) return [payload.readIntBE(at, bytes), bytes];
  const length = (type - (type % 2 === 0 ? 12 : 13)) / 2;
  if (at + length > payload.length || length < 0) throw new RangeError('text beyond the end of its row');
  return [payload.toString('utf8', at, at + length), length];
}

/** Up to nine bytes; a number beyond 2^53 belongs to no row of ours and comes out rounded. */
function varintAt(bytes: Buffer, at: number): [value: number, next: number] {
  let value = 0;
  for (let i = 0; i < 8; i++) {
    const byte = bytes.readUInt8(at + i);
    value = value * 128 + (byte & 0x7f);
    if (byte < 0x80) return [value, at + i + 1];
  }
  return [value * 256 + bytes.readUInt8(at + 8), at + 9];
}
