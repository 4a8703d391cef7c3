import { JostleError } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';
import type { Row } from '../store/snapshot.ts';

/**
 * A backup as it travels: one line of JSON each for the head, then for each table its rows (arrays, in the order of the
 * columns) and its end. In a folder the rows of a table are a file, and the rest is the manifest.
 */
export const FORMAT = 1;

const TableHead = Type.Object({
  name: Type.String({ pattern: '^[a-z_0-9]{1,63}$' }),
  columns: Type.Array(Type.String(), { minItems: 1 }),
  /** The highest number that its counter has given out; null where it has no counter. */
  lastId: Type.Union([Type.Integer(), Type.Null()]),
});
export type TableHead = Static<typeof TableHead>;

export const BackupHead = Type.Object({
  format: Type.Integer(),
  /** Name of the last migration. */
  schema: Type.String(),
  engine: Type.Enum(['sqlite', 'postgres']),
  createdAt: Type.String(),
  tables: Type.Array(TableHead),
});
export type BackupHead = Static<typeof BackupHead>;

export const TableEnd = Type.Object({
  table: Type.String(),
  rows: Type.Integer(),
  /** Of its lines, with their ends. */
  bytes: Type.Integer(),
  /** Of the same, in hexadecimal. */
  sha256: Type.String(),
});
export type TableEnd = Static<typeof TableEnd>;

/** Lines that are not rows; a row begins with a bracket. */
export const HeadLine = Type.Object({ backup: BackupHead });
export const EndLine = Type.Object({ end: TableEnd });

/** Numbers, texts and null are themselves; bytes are the only object. */
type Encoded = number | string | null | { base64: string };

/** One row as a line without its end. @throws JostleError INTERNAL for a value that no store gives */
export function rowLine(columns: readonly string[], row: Row): string {
  return JSON.stringify(columns.map((column) => encoded(column, row[column])));
}

function encoded(column: string, value: unknown): Encoded {
  if (value === null || typeof value === 'string') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  if (value instanceof Uint8Array)
    return { base64: Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('base64') };
  throw new JostleError('INTERNAL', `Column ${column} holds ${String(value)}, which a backup cannot carry`);
}

/**
 * The values of some rows, one row after the other.
 *
 * @throws JostleError BACKUP_DAMAGED
 */
export function valuesOf({ name, columns }: TableHead, lines: readonly string[]): unknown[] {
  let rows: unknown;
  try {
    rows = JSON.parse(`[${lines.join(',')}]`);
  } catch (error) {
    throw new JostleError('BACKUP_DAMAGED', `A line of ${name} is not JSON`, { cause: error });
  }
  return (rows as unknown[]).flatMap((row) => {
    if (!Array.isArray(row) || row.length !== columns.length)
      throw new JostleError('BACKUP_DAMAGED', `A row of ${name} has not the columns of its table`);
    return row.map((value) => decoded(name, value));
  });
}

function decoded(table: string, value: unknown): unknown {
  if (value === null || typeof value === 'string' || typeof value === 'number') return value;
  const { base64 } = value as { base64?: unknown };
  if (typeof base64 === 'string') return Buffer.from(base64, 'base64');
  throw new JostleError('BACKUP_DAMAGED', `A row of ${table} holds a value of no known kind`);
}
