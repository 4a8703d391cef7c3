import { JostleError } from '@jostle/contracts';
import { Check, type TSchema } from '@jostle/contracts/typebox';
import {
  type BackupHead,
  EndLine,
  FORMAT,
  HeadLine,
  type TableEnd,
  type TableHead,
} from './backup-format.ts';
import { TableTally } from './table-tally.ts';

/** Part of a backup, in its order: the head, then for each table its rows in pieces and its end. */
export type BackupPart =
  | { kind: 'head'; head: BackupHead }
  | { kind: 'rows'; table: TableHead; lines: readonly string[]; text: string }
  | { kind: 'end'; end: TableEnd };

/** Far above the largest row, which is a quarantined message of 64 kB in base64. */
const LINE_MAX_BYTES = 16 * 1024 * 1024;

/**
 * Reads a backup and checks what passes: the count and the checksum of each table, and that none is missing. An end that
 * is given out is right.
 *
 * @throws JostleError BACKUP_INCOMPLETE, BACKUP_DAMAGED, BACKUP_VERSION_DIFFERS for a format of another version
 */
export async function* readBackup(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<BackupPart, void> {
  let head: BackupHead | undefined;
  let ended = 0;
  let tally: TableTally | undefined;
  for await (const lines of linesOf(bytes)) {
    let rows: string[] = [];
    for (const line of [...lines, '']) {
      if (line.startsWith('[')) {
        rows.push(line);
        continue;
      }
      const table = head?.tables[ended];
      if (rows.length > 0) {
        if (table === undefined) throw damaged('it has rows that belong to no table');
        tally ??= new TableTally(table.name);
        yield { kind: 'rows', table, lines: rows, text: tally.add(rows) };
        rows = [];
      }
      if (line === '') continue;
      if (head === undefined) {
        head = headOf(line);
        yield { kind: 'head', head };
        continue;
      }
      if (table === undefined) throw damaged('it goes on after its last table');
      yield { kind: 'end', end: endOf(line, (tally ?? new TableTally(table.name)).end()) };
      tally = undefined;
      ended += 1;
    }
  }
  if (head === undefined) throw new JostleError('BACKUP_INCOMPLETE', 'The backup is empty');
  const missing = head.tables[ended];
  if (missing !== undefined)
    throw new JostleError('BACKUP_INCOMPLETE', `The backup ends before the end of table ${missing.name}`);
}

function headOf(line: string): BackupHead {
  const { backup } = parsed(HeadLine, line, 'its head is not that of a backup') as { backup: BackupHead };
  if (backup.format !== FORMAT)
    throw new JostleError(
      'BACKUP_VERSION_DIFFERS',
      `The backup has format ${backup.format}; this version reads ${FORMAT}`,
    );
  return backup;
}

function endOf(line: string, counted: TableEnd): TableEnd {
  const { table } = counted;
  const { end } = parsed(EndLine, line, `table ${table} has a line that is neither row nor end`) as {
    end: TableEnd;
  };
  if (end.table !== table || end.rows !== counted.rows || end.sha256 !== counted.sha256)
    throw damaged(`table ${table} is not as it was written`);
  return counted;
}

function parsed(schema: TSchema, line: string, otherwise: string): unknown {
  try {
    const value: unknown = JSON.parse(line);
    if (Check(schema, value)) return value;
  } catch {
    // Said below.
  }
  throw damaged(otherwise);
}

function damaged(what: string): JostleError {
  return new JostleError('BACKUP_DAMAGED', `The backup is damaged: ${what}`);
}

const NEWLINE = 0x0a;

/** The lines of each piece that arrives. */
async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string[], void> {
  // What came of a line that has not ended.
  let begun: Uint8Array[] = [];
  let begunBytes = 0;
  for await (const piece of bytes) {
    const end = piece.lastIndexOf(NEWLINE);
    if (end >= 0) {
      yield Buffer.concat([...begun, piece.subarray(0, end)])
        .toString('utf8')
        .split('\n');
      begun = [];
      begunBytes = 0;
    }
    const rest = piece.subarray(end + 1);
    if (rest.length === 0) continue;
    begun.push(rest);
    begunBytes += rest.length;
    if (begunBytes > LINE_MAX_BYTES) throw damaged('a line of it has no end');
  }
  if (begunBytes > 0) throw new JostleError('BACKUP_INCOMPLETE', 'The backup ends in the middle of a line');
}
