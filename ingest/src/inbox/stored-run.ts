import { type DeviceRecord, encodeUpMessage, recordsOf, type UpMessage } from '@jostle/contracts';
import type { Insertable, Selectable } from 'kysely';
import type { InboxTables } from './inbox-tables.ts';

/** The longest run that is kept in one row, in records and in bytes of JSON; what arrives is never cut for it. */
export const RUN_RECORDS_MAX = 1000;
export const RUN_BYTES_MAX = 64 * 1024;

/** A row of the inbox: records of one boot and one clock quality with consecutive seq. */
export interface StoredRun {
  /** Rises in the order of the commits. */
  id: number;
  deviceId: string;
  epoch: string;
  /** Both ends are included. */
  fromSeq: number;
  toSeq: number;
  bootId: string;
  clock: DeviceRecord['clockQuality'];
  /** Of the last message of its epoch in the batch, ms: all of it had come by then. */
  receivedAt: number;
  /** Earliest and latest time of its records, ms; null while only bounds are known of all of them. */
  firstAt: number | null;
  lastAt: number | null;
  records: DeviceRecord[];
}

export interface RunOrigin {
  deviceId: string;
  epoch: string;
  /** ms. */
  receivedAt: number;
}

export interface TimeSpan {
  firstAt: number | null;
  lastAt: number | null;
}

/**
 * The row of a run.
 *
 * @param records at least one, consecutive seq, one boot, one clock quality
 * @param message an up message of exactly these records, where there is one already
 * @throws RangeError without records
 */
export function runRow(
  { deviceId, epoch, receivedAt }: RunOrigin,
  records: readonly DeviceRecord[],
  { firstAt, lastAt }: TimeSpan,
  message?: string,
): Insertable<InboxTables['inbox']> {
  const [first] = records;
  if (first === undefined) throw new RangeError('a run needs at least one record');
  const toSeq = first.seq + records.length - 1;
  return {
    device_id: deviceId,
    epoch,
    from_seq: first.seq,
    to_seq: toSeq,
    records: records.length,
    boot_id: first.bootId,
    clock: first.clockQuality,
    received_at: receivedAt,
    first_at: firstAt,
    last_at: lastAt,
    message: message ?? JSON.stringify(encodeUpMessage(epoch, { minSeq: first.seq, maxSeq: toSeq }, records)),
  };
}

/** Reads a row with its records. */
export function storedRunOf(row: Selectable<InboxTables['inbox']>): StoredRun {
  return {
    id: row.id,
    deviceId: row.device_id,
    epoch: row.epoch,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    bootId: row.boot_id,
    clock: row.clock,
    receivedAt: row.received_at,
    firstAt: row.first_at,
    lastAt: row.last_at,
    records: recordsOf(JSON.parse(row.message) as UpMessage),
  };
}

/** Whether a record can stand behind another one in a run: the columns of a message hold differences. */
export function follows(before: DeviceRecord, record: DeviceRecord): boolean {
  return (
    record.seq === before.seq + 1 &&
    record.bootId === before.bootId &&
    record.bootNumber === before.bootNumber &&
    record.clockQuality === before.clockQuality &&
    Number.isSafeInteger(record.measuredAt - before.measuredAt) &&
    Number.isSafeInteger(record.monotonicMs - before.monotonicMs)
  );
}
