import { type ErrorCode, JostleError } from '@jostle/contracts';
import type { AnyDatabase, EntryKind, Row } from './entry-kind.ts';
import { toInstant } from './instants.ts';

/** Words by which the engines name a broken rule: the trigger's message in SQLite, the constraint in PostgreSQL. */
const VIOLATIONS: readonly [RegExp, ErrorCode][] = [
  [/ledger_leg_overlap/i, 'LEDGER_LEG_OVERLAP'],
  [/ledger_assignment_overlap/i, 'LEDGER_ASSIGNMENT_OVERLAP'],
  [/(leg|assignment)_range/, 'LEDGER_RANGE_INVALID'],
];

/**
 * What a failed write means. An error that is none of the ledger's rules is returned as it is.
 *
 * @param row what was to be written
 */
export async function ledgerViolation<T>(
  db: AnyDatabase,
  kind: EntryKind<T>,
  row: Row,
  error: unknown,
): Promise<unknown> {
  if (!(error instanceof Error) || error instanceof JostleError) return error;
  const constraint = (error as { constraint?: string }).constraint ?? '';
  const code = VIOLATIONS.find(([words]) => words.test(`${error.message} ${constraint}`))?.[1];
  if (code === undefined) return error;
  if (code === 'LEDGER_RANGE_INVALID')
    return new JostleError(code, `A ${kind.name} ends later than it starts; give a later end`, {
      cause: error,
    });
  return new JostleError(code, await clashMessage(db, kind, row), { cause: error });
}

async function clashMessage<T>(db: AnyDatabase, kind: EntryKind<T>, row: Row): Promise<string> {
  const owner = kind.table === 'leg' ? 'shipment' : 'device';
  let query = db
    .selectFrom(kind.table)
    .selectAll()
    .where(owner, '=', row[owner] ?? null)
    .where(kind.key, '<>', row[kind.key] ?? null)
    .where((where) =>
      where.or([where('ends_at', 'is', null), where('ends_at', '>', row['starts_at'] ?? null)]),
    )
    .orderBy('starts_at');
  if (row['ends_at'] !== null) query = query.where('starts_at', '<', row['ends_at'] ?? null);
  const other = await query.executeTakeFirst();
  const holds = other === undefined ? '' : ` ${kind.name} "${other[kind.key]}" over ${rangeText(other)}`;
  return `${owner} "${row[owner]}" already has${holds}, which overlaps ${rangeText(row)}; cut one of the two`;
}

function rangeText(row: Row): string {
  const end = row['ends_at'];
  return `[${toInstant(Number(row['starts_at']))}, ${end === null ? 'open' : toInstant(Number(end))})`;
}
