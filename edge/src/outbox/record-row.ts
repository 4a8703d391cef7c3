import { type DeviceRecord, isEventKind, type RecordKind, recordHash } from '@jostle/contracts';

/** A record as the outbox file keeps it. */
export interface RecordRow {
  seq: number;
  kind: string;
  measured_at: number;
  mono: number;
  boot_id: string;
  clock: string;
  body: string;
  hash: string;
  is_event: number;
}

/** A row as it is read, with the number of its boot; 0 where the file does not know it. */
export type NumberedRow = RecordRow & { boot_number: number };

export function rowOf(record: DeviceRecord): RecordRow {
  return {
    seq: record.seq,
    kind: record.kind,
    measured_at: record.measuredAt,
    mono: record.monotonicMs,
    boot_id: record.bootId,
    clock: record.clockQuality,
    body: JSON.stringify(record.body),
    hash: recordHash(record),
    is_event: isEventKind(record.kind) ? 1 : 0,
  };
}

/**
 * The record of a row, or undefined where the row is no longer what was written: the page check of SQLite does
 * not see a flipped bit, the hash does.
 */
export function recordOf(row: NumberedRow): DeviceRecord | undefined {
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
    return recordHash(record) === row.hash ? record : undefined;
  } catch {
    return undefined;
  }
}
