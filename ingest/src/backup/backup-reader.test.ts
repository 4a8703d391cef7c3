import fc from 'fast-check';
import { expect, it } from 'vitest';
import { rowLine, valuesOf } from './backup-format.ts';
import { type BackupPart, readBackup } from './backup-reader.ts';
import { TableTally } from './table-tally.ts';

const TABLES = [
  { name: 'empty', columns: ['id'], lastId: 4 },
  { name: 'site', columns: ['id', 'name'], lastId: null },
];
const HEAD = {
  format: 1,
  schema: '006-boot',
  engine: 'sqlite',
  createdAt: '2026-03-01T09:00:00.000Z',
  tables: TABLES,
};
const ROWS = ['["DEPOT","Depot"]', '["HUB","Größe \u2028 10"]', '["X",null]'];

function endLine(table: string, rows: readonly string[]): string {
  const tally = new TableTally(table);
  tally.add(rows);
  return JSON.stringify({ end: tally.end() });
}

const WHOLE = [JSON.stringify({ backup: HEAD }), endLine('empty', []), ...ROWS, endLine('site', ROWS)];
const bytesOf = (lines: readonly string[]) => Buffer.from(lines.map((line) => `${line}\n`).join(''));

async function read(bytes: Buffer, pieceBytes = bytes.length): Promise<BackupPart[]> {
  const pieces = async function* () {
    for (let i = 0; i < bytes.length; i += pieceBytes) yield bytes.subarray(i, i + pieceBytes);
  };
  const parts: BackupPart[] = [];
  for await (const part of readBackup(pieces())) parts.push(part);
  return parts;
}

it('gives head, rows and ends, however the bytes are cut', async () => {
  for (const pieceBytes of [1, 7, 100, 10_000]) {
    const parts = await read(bytesOf(WHOLE), pieceBytes);
    expect(parts[0]).toEqual({ kind: 'head', head: HEAD });
    expect(parts.flatMap((part) => (part.kind === 'rows' ? part.lines : []))).toEqual(ROWS);
    expect(parts.flatMap((part) => (part.kind === 'end' ? [part.end.rows] : []))).toEqual([0, 3]);
  }
});

it.each<[what: string, code: string, lines: string[]]>([
  ['nothing', 'BACKUP_INCOMPLETE', []],
  ['no last table', 'BACKUP_INCOMPLETE', WHOLE.slice(0, 2)],
  ['no end of its last table', 'BACKUP_INCOMPLETE', WHOLE.slice(0, -1)],
  ['a row less', 'BACKUP_DAMAGED', WHOLE.filter((line) => line !== ROWS[1])],
  ['a row twice', 'BACKUP_DAMAGED', WHOLE.flatMap((line) => (line === ROWS[1] ? [line, line] : [line]))],
  ['rows in another order', 'BACKUP_DAMAGED', [0, 1, 3, 2, 4, 5].map((i) => WHOLE[i] ?? '')],
  ['tables in another order', 'BACKUP_DAMAGED', [0, 2, 3, 4, 5, 1].map((i) => WHOLE[i] ?? '')],
  ['rows of a table that should have none', 'BACKUP_DAMAGED', [0, 2, 1, 3, 4, 5].map((i) => WHOLE[i] ?? '')],
  ['a row after its end', 'BACKUP_DAMAGED', [...WHOLE, '[1,2]']],
  ['a table after its end', 'BACKUP_DAMAGED', [...WHOLE, endLine('site', [])]],
  ['rows before its head', 'BACKUP_DAMAGED', WHOLE.slice(2)],
  ['another head', 'BACKUP_DAMAGED', ['{"hello":1}']],
  ['text', 'BACKUP_DAMAGED', ['<html>']],
  ['a later format', 'BACKUP_VERSION_DIFFERS', [JSON.stringify({ backup: { ...HEAD, format: 2 } })]],
])('refuses what has %s (%s)', async (_, code, lines) => {
  await expect(read(bytesOf(lines))).rejects.toMatchObject({ code });
});

it('notices every byte of the rows that is another, and every place at which it is cut', async () => {
  const whole = bytesOf(WHOLE);
  const begin = whole.indexOf(ROWS[0] ?? '');
  for (let at = begin; at < whole.length; at++) {
    // A space in the JSON of an end, for one, changes nothing.
    const damaged = Buffer.from(whole);
    damaged[at] = (damaged[at] ?? 0) ^ 0x01;
    const parts = await read(damaged).catch((error: { code: string }) => error);
    if (Array.isArray(parts)) expect(parts.flatMap((p) => (p.kind === 'rows' ? p.lines : []))).toEqual(ROWS);
    else expect(parts.code).toMatch(/^BACKUP_/);
    await expect(read(whole.subarray(0, at))).rejects.toMatchObject({
      code: expect.stringMatching(/^BACKUP_(INCOMPLETE|DAMAGED)$/),
    });
  }
});

it('gives up on a line without an end before it fills the memory', async () => {
  const endless = async function* () {
    for (;;) yield Buffer.alloc(1024 * 1024, 'x');
  };
  await expect(readBackup(endless()).next()).rejects.toMatchObject({ code: 'BACKUP_DAMAGED' });
});

it('carries every value that a store can hold', () => {
  const columns = ['a', 'b'];
  const value = fc.oneof(
    fc.constant(null),
    fc.string({ unit: 'binary' }),
    fc.maxSafeInteger(),
    // The two zeros are one number to both databases.
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  );
  fc.assert(
    fc.property(value, value, (a, b) => {
      const line = rowLine(columns, { a, b });
      expect(line).not.toContain('\n');
      expect(valuesOf({ name: 't', columns, lastId: null }, [line])).toEqual([a, b]);
    }),
  );
});

it('refuses to write what it could not read back', () => {
  for (const value of [Number.NaN, Number.POSITIVE_INFINITY, true, new Date(0), undefined, 1n])
    expect(() => rowLine(['a'], { a: value })).toThrow('cannot carry');
});
