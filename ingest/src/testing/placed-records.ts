import type { DeviceRecord, TimeQuality } from '@jostle/contracts';
import { placeOnLine } from '../boot-time/boot-line.ts';
import { readBootLines } from '../boot-time/boot-line-reader.ts';
import { storedRunOf } from '../inbox/stored-run.ts';
import type { Store } from '../store/store.ts';

export interface PlacedRecord {
  deviceId: string;
  record: DeviceRecord;
  /** When it happened, ms; null where only bounds are known. */
  at: number | null;
  quality: TimeQuality;
}

/** Every record of the inbox with its place in time, by device, epoch and seq. */
export async function placedRecords({ db }: Store): Promise<PlacedRecord[]> {
  const rows = await db
    .selectFrom('inbox')
    .selectAll()
    .orderBy('device_id')
    .orderBy('epoch')
    .orderBy('from_seq')
    .execute();
  const lines = await readBootLines(db, rows);
  return rows.flatMap((row) =>
    storedRunOf(row).records.map((record) => {
      const placement = placeOnLine(record, lines(row));
      const quality = placement?.quality ?? 'bounded';
      const at = placement === null || quality === 'bounded' ? null : placement.at;
      return { deviceId: row.device_id, record, at, quality };
    }),
  );
}
