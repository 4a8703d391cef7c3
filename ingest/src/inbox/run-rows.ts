import type { DeviceRecord } from '@jostle/contracts';
import type { Insertable } from 'kysely';
import type { InboxTables } from './inbox-tables.ts';
import {
  follows,
  RUN_BYTES_MAX,
  RUN_RECORDS_MAX,
  type RunOrigin,
  runRow,
  type TimeSpan,
} from './stored-run.ts';

/** From so many records on a message is a row of its own, as it came; smaller ones are joined. */
const WHOLE_RECORDS = 50;
/** Differences between numbers up to this are exact (ECMA-262, 6.1.6.1). */
const EXACT_MAX = 2 ** 52;

export interface TimedRun extends TimeSpan {
  records: readonly DeviceRecord[];
  raw: Buffer | null;
}

/** The rows of what is new of one epoch: small messages that follow each other become one run. */
export function runRows(origin: RunOrigin, runs: readonly TimedRun[]): Insertable<InboxTables['inbox']>[] {
  const inOrder =
    runs.length < 2 ? runs : runs.toSorted((a, b) => (a.records[0]?.seq ?? 0) - (b.records[0]?.seq ?? 0));
  const rows: Insertable<InboxTables['inbox']>[] = [];
  let joined: TimedRun[] = [];
  let count = 0;
  let bytes = 0;
  for (const run of inOrder) {
    count += run.records.length;
    bytes += bytesOf(run);
    if (count > RUN_RECORDS_MAX || bytes > RUN_BYTES_MAX || !continues(joined, run)) {
      if (joined.length > 0) rows.push(rowOf(origin, joined));
      joined = [];
      count = run.records.length;
      bytes = bytesOf(run);
    }
    joined.push(run);
  }
  if (joined.length > 0) rows.push(rowOf(origin, joined));
  return rows;
}

/** A part of a message is never joined: its own size is not known, and it is rare. */
function bytesOf({ raw }: TimedRun): number {
  return raw?.length ?? RUN_BYTES_MAX;
}

function continues(joined: readonly TimedRun[], run: TimedRun): boolean {
  const before = joined.at(-1);
  const last = before?.records.at(-1);
  const [first] = run.records;
  if (before === undefined || last === undefined || first === undefined) return false;
  return follows(last, first) && isSmall(before) && isSmall(run);
}

function isSmall({ records }: TimedRun): boolean {
  return records.length < WHOLE_RECORDS && records.every(isExact);
}

function isExact({ measuredAt, monotonicMs }: DeviceRecord): boolean {
  return Math.abs(measuredAt) <= EXACT_MAX && Math.abs(monotonicMs) <= EXACT_MAX;
}

function rowOf(origin: RunOrigin, joined: readonly TimedRun[]): Insertable<InboxTables['inbox']> {
  const [only] = joined;
  const records = joined.length === 1 ? (only?.records ?? []) : joined.flatMap((run) => run.records);
  const firsts = joined.flatMap(({ firstAt }) => firstAt ?? []);
  const lasts = joined.flatMap(({ lastAt }) => lastAt ?? []);
  const span = {
    firstAt: firsts.length === 0 ? null : Math.min(...firsts),
    lastAt: lasts.length === 0 ? null : Math.max(...lasts),
  };
  const raw = joined.length === 1 ? only?.raw : null;
  return runRow(origin, records, span, raw?.toString('utf8'));
}
