import { type DeviceRecord, recordHash } from '@jostle/contracts';
import type { StoredRecord } from '@jostle/ingest/testing';
import { recordLogPath } from './numbered-device.ts';
import { hasPoint, numberedDraft } from './numbered-records.ts';
import { readRecordLog } from './record-log.ts';

/** What a generator knows of a record: who made it, and what is in it. */
export interface GeneratedRecord {
  deviceId: string;
  /** `recordHash` of its content, which no other record of the device has. */
  hash: string;
}

export interface Account {
  generated: number;
  /** Generated and not stored, or stored with other content. */
  lost: number;
  /** Stored under a second identity, or two times under one. */
  twice: number;
  /** Stored, although no generator says that its outbox confirmed it. */
  strangers: number;
}

/**
 * Compares what was made with what is stored.
 *
 * @param stored without tombstones, which stand for records and are none
 */
export function accountFor(generated: Iterable<GeneratedRecord>, stored: Iterable<StoredRecord>): Account {
  // Whether it is stored. Key: device and hash.
  const isStored = new Map<string, boolean>();
  for (const { deviceId, hash } of generated) isStored.set(`${deviceId} ${hash}`, false);
  const identities = new Set<string>();
  let [found, twice, strangers] = [0, 0, 0];
  for (const { deviceId, epoch, seq, hash } of stored) {
    const key = `${deviceId} ${hash}`;
    const identity = `${deviceId} ${epoch} ${seq}`;
    const before = isStored.get(key);
    if (before === undefined) strangers += 1;
    else if (before || identities.has(identity)) twice += 1;
    if (before === false) {
      isStored.set(key, true);
      found += 1;
    }
    identities.add(identity);
  }
  return { generated: isStored.size, lost: isStored.size - found, twice, strangers };
}

/** Every record that the outboxes of numbered devices have confirmed, by the devices' own logs. */
export function* confirmedRecords(
  folder: string,
  deviceIds: readonly string[],
  startMs: number,
): Generator<GeneratedRecord> {
  for (const deviceId of deviceIds)
    for (const { from, to, bootId } of readRecordLog(recordLogPath(folder, deviceId)).confirmed)
      for (let n = from; n <= to; n++) {
        const record = { ...numberedDraft(n, startMs), seq: 0, bootId } as DeviceRecord;
        yield { deviceId, hash: recordHash(record) };
      }
}

/** How many of a device's records have a point in InfluxDB. */
export function confirmedPoints(folder: string, deviceId: string): number {
  let points = 0;
  for (const { from, to } of readRecordLog(recordLogPath(folder, deviceId)).confirmed)
    for (let n = from; n <= to; n++) if (hasPoint(n)) points += 1;
  return points;
}
