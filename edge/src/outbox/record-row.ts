import { chainAfter, type DeviceRecord, isEventKind, type RecordKind } from '@jostle/contracts';

/** A record as the outbox file keeps it. */
export interface RecordRow {
  seq: number;
  kind: string;
  measured_at: number;
  mono: number;
  boot_id: string;
  clock: string;
  body: string;
  /** What every column but `is_event` gives: a row that is not what was written is found by it. */
  chain_after: string;
  is_event: number;
  chain_before: string;
}

/** A row as it is read, with the number of its boot; 0 where the file does not know it. */
export type NumberedRow = RecordRow & { boot_number: number };

/** A record and the chain of the outbox before it. */
export interface ChainedRecord {
  record: DeviceRecord;
  chainBefore: string;
}

export function rowOf(record: DeviceRecord, chainBefore: string): RecordRow {
  return {
    seq: record.seq,
    kind: record.kind,
    measured_at: record.measuredAt,
    mono: record.monotonicMs,
    boot_id: record.bootId,
    clock: record.clockQuality,
    body: JSON.stringify(record.body),
    chain_after: chainAfter(chainBefore, record),
    is_event: isEventFlag(record.kind),
    chain_before: chainBefore,
  };
}

/**
 * The record of a row, or undefined where the row is no longer what was written: the page check of SQLite does
 * not see a flipped bit, the chain does.
 */
export function recordOf(row: NumberedRow): ChainedRecord | undefined {
  try {
    const record = {
      seq: row.seq,
      kind: row.kind as RecordKind,
      measuredAt: row.measured_at,
      monotonicMs: row.mono,
      clockQuality: row.clock,
      bootId: row.boot_id,
      bootNumber: row.boot_number,
      body: JSON.parse(row.body),
    } as DeviceRecord;
    const isSound =
      chainAfter(row.chain_before, record) === row.chain_after && row.is_event === isEventFlag(record.kind);
    return isSound ? { record, chainBefore: row.chain_before } : undefined;
  } catch {
    return undefined;
  }
}

function isEventFlag(kind: RecordKind): number {
  return isEventKind(kind) ? 1 : 0;
}
