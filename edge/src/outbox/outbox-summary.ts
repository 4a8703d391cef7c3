import type { FaultBody, RecordKind } from '@jostle/contracts';
import type { OutboxDatabase } from './sqlite-file.ts';

/** Faults that a summary tells of, newest first. */
const FAULTS_MAX = 50;

/** What lies in an outbox, without what was measured. Times are ms since the epoch; null where there is none. */
export interface OutboxSummary {
  epoch: string | null;
  /** Records without a receipt. */
  records: number;
  kinds: Partial<Record<RecordKind, number>>;
  /** Of the records that are still there. */
  firstSeq: number | null;
  /** The highest that was ever given. */
  lastSeq: number;
  oldestMeasuredAt: number | null;
  /** Of all records that ever were, delivered ones too. */
  lastMeasuredAt: number | null;
  lastReceiptAt: number | null;
  /** Faults without a receipt, newest first. */
  faults: (FaultBody & { seq: number; measuredAt: number })[];
}

/** Counts every row: half a second for the fullest outbox on a small Raspberry Pi. */
export function summaryOf(db: OutboxDatabase): OutboxSummary {
  const one = (sql: string) => db.prepare(sql).pluck().get() as number | string | null | undefined;
  const numberAt = (key: string) => {
    const value = one(`SELECT value FROM meta WHERE key = '${key}'`);
    return value === undefined || value === null ? null : Number(value);
  };
  const kinds = Object.fromEntries(
    db.prepare('SELECT kind, count(*) FROM record GROUP BY kind ORDER BY kind').raw().all() as [
      RecordKind,
      number,
    ][],
  );
  const faults = db
    .prepare(
      `SELECT seq, measured_at AS measuredAt, body FROM record
       WHERE is_event = 1 AND kind = 'fault' ORDER BY seq DESC LIMIT ${FAULTS_MAX}`,
    )
    .all() as { seq: number; measuredAt: number; body: string }[];
  return {
    epoch: (one("SELECT value FROM meta WHERE key = 'epoch'") as string | undefined) ?? null,
    records: one('SELECT count(*) FROM record') as number,
    kinds,
    firstSeq: one('SELECT min(seq) FROM record') as number | null,
    lastSeq: (one("SELECT seq FROM sqlite_sequence WHERE name = 'record'") as number | undefined) ?? 0,
    oldestMeasuredAt: oldestMeasuredAt(db),
    lastMeasuredAt: numberAt('last_measured_at'),
    lastReceiptAt: numberAt('last_receipt_at'),
    faults: faults.map(({ body, ...row }) => ({ ...row, ...faultIn(body) })),
  };
}

/** When the record with the lowest seq was measured, ms since the epoch. */
function oldestMeasuredAt(db: OutboxDatabase): number | null {
  const at = db.prepare('SELECT measured_at FROM record ORDER BY seq LIMIT 1').pluck().get();
  return (at as number | undefined) ?? null;
}

/** A damaged row says so; taking it out is the agent's business. */
function faultIn(body: string): FaultBody {
  try {
    return JSON.parse(body) as FaultBody;
  } catch {
    return { sensor: 'unknown', isRaised: true, reason: 'corrupt', detail: 'the record is damaged' };
  }
}
