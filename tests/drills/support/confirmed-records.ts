import { type DeviceRecord, recordHash } from '@jostle/contracts';
import type { GeneratedRecord } from './account.ts';
import { recordLogPath } from './numbered-device.ts';
import { hasPoint, numberedDraft } from './numbered-records.ts';
import { readRecordLog } from './record-log.ts';

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
