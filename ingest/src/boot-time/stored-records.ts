import type { ClockQuality, DeviceRecord, TimeQuality } from '@jostle/contracts';
import { type RawBuilder, sql, type Transaction } from 'kysely';
import { DATED_KINDS, writeDerived } from '../inbox/derived-rows.ts';
import type { Database } from '../store/database.ts';
import { POINT_KINDS } from '../telemetry/inbox-points.ts';
import type { BootRow } from './boot-notes.ts';
import type { Placement } from './placement.ts';

export interface NewTime {
  /** Which of the boot's rows. */
  which: RawBuilder<boolean>;
  at: RawBuilder<number>;
  quality: RawBuilder<TimeQuality>;
  /** The same in code, for what was made of the rows. */
  place(record: DeviceRecord): Placement | null;
}

/**
 * Gives stored records of a boot another time, with everything that was made of them. The inbox is changed by one
 * statement: a boot may have hundreds of thousands of readings.
 */
export async function setTime(trx: Transaction<Database>, boot: BootRow, time: NewTime): Promise<void> {
  const { which, at, quality } = time;
  const isElsewhere = sql<boolean>`(${which} and (resolved_at is null or resolved_at <> ${at}))`;
  const dated = await datedRecords(trx, boot, isElsewhere);
  await trx
    .insertInto('point_move')
    .columns(['inbox_id', 'from_ms'])
    .expression(
      rowsOfBoot(trx, boot).select(['id', 'resolved_at']).where('kind', 'in', POINT_KINDS).where(isElsewhere),
    )
    .execute();
  await trx
    .updateTable('inbox')
    .set({ resolved_at: at, time_quality: quality })
    .where('id', 'in', rowsOfBoot(trx, boot).select('id').where(isElsewhere))
    .execute();
  await writePlaced(trx, boot, dated, time.place);
}

/** Writes what is made of records, where their placement puts it. */
export async function writePlaced(
  trx: Transaction<Database>,
  { device_id: deviceId, epoch }: BootRow,
  records: readonly DeviceRecord[],
  place: NewTime['place'],
): Promise<void> {
  const placed = records.flatMap((record) => {
    const placement = place(record);
    return placement === null ? [] : [{ record, placement }];
  });
  await writeDerived(trx, { deviceId, epoch }, placed);
}

/** Records of a boot of which a row is kept that says when they happened. */
export async function datedRecords(
  trx: Transaction<Database>,
  boot: BootRow,
  which: RawBuilder<boolean>,
): Promise<DeviceRecord[]> {
  const rows = await rowsOfBoot(trx, boot)
    .select(['seq', 'kind', 'measured_at', 'mono_ms', 'boot_id', 'clock', 'body'])
    .where('kind', 'in', DATED_KINDS)
    .where(which)
    .execute();
  return rows.map(
    (row) =>
      ({
        seq: row.seq,
        kind: row.kind,
        measuredAt: row.measured_at,
        monotonicMs: row.mono_ms,
        bootId: row.boot_id,
        clockQuality: row.clock as ClockQuality,
        body: JSON.parse(row.body),
      }) as DeviceRecord,
  );
}

/** By way of the index over their identity. */
function rowsOfBoot(trx: Transaction<Database>, boot: BootRow) {
  return trx
    .selectFrom('inbox')
    .where('device_id', '=', boot.device_id)
    .where('epoch', '=', boot.epoch)
    .where('seq', '>=', boot.first_seq)
    .where('seq', '<=', boot.last_seq)
    .where('boot_id', '=', boot.boot_id);
}
