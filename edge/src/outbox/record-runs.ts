import { type DeviceRecord, MAX_PAYLOAD_BYTES } from '@jostle/contracts';
import type { ChainedRecord } from './record-row.ts';

/** Records with consecutive seq that fit one message. */
export interface RecordRun {
  fromSeq: number;
  toSeq: number;
  /** Chain of the outbox before the first record. */
  chainBefore: string;
  records: DeviceRecord[];
}

export const MAX_RUN_RECORDS = 200;

/** Room for the fields of the message around its records, bytes. */
const ENVELOPE_BYTES = 512;

/**
 * What the message adds to a record's body at most, bytes: two times, its place in the run, and its kind or the
 * columns of its sensor. Climate readings in columns come out smaller than their bodies, so that this is an upper bound.
 */
const RECORD_OVERHEAD_BYTES = 96;

/** The largest body that a message of one record can carry, bytes of JSON. */
export const MAX_BODY_BYTES = MAX_PAYLOAD_BYTES - ENVELOPE_BYTES - RECORD_OVERHEAD_BYTES;

export function bodyBytes(body: unknown): number {
  return Buffer.byteLength(JSON.stringify(body));
}

/**
 * Cuts records into runs: consecutive seq, one boot, one clock quality, at most 200 records and never more bytes
 * than a message may have. Takes no more records than it must to know that the last run is whole.
 *
 * @param found by rising seq
 */
export function runsOf(found: Iterable<ChainedRecord>, maxRuns = Number.POSITIVE_INFINITY): RecordRun[] {
  const runs: RecordRun[] = [];
  let bytes = 0;
  for (const { record, chainBefore } of found) {
    const size = bodyBytes(record.body) + RECORD_OVERHEAD_BYTES;
    const run = runs.at(-1);
    if (run !== undefined && continues(run, record) && bytes + size <= MAX_PAYLOAD_BYTES) {
      run.records.push(record);
      run.toSeq = record.seq;
      bytes += size;
    } else {
      if (runs.length >= maxRuns) break;
      runs.push({ fromSeq: record.seq, toSeq: record.seq, chainBefore, records: [record] });
      bytes = ENVELOPE_BYTES + size;
    }
  }
  return runs;
}

function continues(run: RecordRun, record: DeviceRecord): boolean {
  const last = run.records.at(-1);
  return (
    last !== undefined &&
    last.seq + 1 === record.seq &&
    last.bootId === record.bootId &&
    last.clockQuality === record.clockQuality &&
    run.records.length < MAX_RUN_RECORDS
  );
}
