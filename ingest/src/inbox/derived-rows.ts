import type { DeviceRecord } from '@jostle/contracts';
import type { Insertable, Transaction } from 'kysely';
import type { Placement } from '../boot-time/placement.ts';
import type { Database } from '../store/database.ts';
import { insertChunks } from '../store/insert-chunks.ts';

interface Origin {
  deviceId: string;
  epoch: string;
}

/** A record and when it happened. */
export interface PlacedRecord {
  record: DeviceRecord;
  placement: Placement;
}

/** Placed records of one epoch. */
export interface PlacedOfEpoch extends Origin {
  placed: readonly PlacedRecord[];
}

type Placed<K extends DeviceRecord['kind']> = {
  record: Extract<DeviceRecord, { kind: K }>;
  placement: Placement;
};

/** Kinds of which a row is kept that says when it happened. */
export const DATED_KINDS = ['shock', 'excursion', 'coverage', 'fault'] as const;

/**
 * Writes what questions are asked of, beside the inbox: events, excursions, coverage, faults. Given again with
 * another placement, a record moves.
 */
export function writeDerived(
  trx: Transaction<Database>,
  origin: Origin,
  placed: readonly PlacedRecord[],
): Promise<void> {
  return writeDerivedOf(trx, [{ deviceId: origin.deviceId, epoch: origin.epoch, placed }]);
}

/** `writeDerived` for many epochs, each of them given once, by one statement a table. */
export async function writeDerivedOf(
  trx: Transaction<Database>,
  epochs: readonly PlacedOfEpoch[],
): Promise<void> {
  const rowsOf = <K extends DeviceRecord['kind'], R>(
    kind: K,
    rowOf: (origin: Origin, placed: Placed<K>) => R,
  ): R[] =>
    epochs.flatMap((epoch) =>
      epoch.placed.flatMap((item) =>
        item.record.kind === kind ? rowOf(epoch, item as unknown as Placed<K>) : [],
      ),
    );
  await upsertAll(trx, 'shock_event', rowsOf('shock', shockRow));
  await upsertAll(trx, 'coverage', rowsOf('coverage', coverageRow));
  await upsertAll(trx, 'sensor_fault', rowsOf('fault', faultRow));
  await upsertExcursions(trx, rowsOf('excursion', excursionRow));
}

/** The columns that name a row of each table. */
const KEYS = {
  shock_event: ['id'],
  coverage: ['device_id', 'epoch', 'seq'],
  sensor_fault: ['device_id', 'epoch', 'seq'],
} as const;

async function upsertAll<T extends keyof typeof KEYS>(
  trx: Transaction<Database>,
  table: T,
  rows: Insertable<Database[T]>[],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const keys: readonly string[] = KEYS[table];
  const others = Object.keys(first).filter((column) => !keys.includes(column));
  for (const chunk of insertChunks(rows))
    await trx
      .insertInto(table as 'coverage')
      .values(chunk as unknown as Insertable<Database['coverage']>[])
      .onConflict((conflict) =>
        conflict
          .columns(keys as ['seq'])
          .doUpdateSet((eb) =>
            Object.fromEntries(
              others.map((column) => [column, eb.ref(`excluded.${column}` as 'excluded.seq')]),
            ),
          ),
      )
      .execute();
}

/** What to add to a time of the record's body. */
function shiftOf({ record, placement }: PlacedRecord): number {
  return placement.at - record.measuredAt;
}

function earliestOf(placement: Placement, at: number): number | null {
  if (placement.quality !== 'bounded' || placement.earliestAt === null) return null;
  return at - (placement.at - placement.earliestAt);
}

function shockRow({ deviceId, epoch }: Origin, shock: Placed<'shock'>) {
  const { record, placement } = shock;
  const impactAt = record.body.impactAt + shiftOf(shock);
  return {
    id: `${deviceId}:${epoch}:${record.seq}`,
    device_id: deviceId,
    impact_at: impactAt,
    peak_g: record.body.peakG.resultant,
    body: JSON.stringify({ ...record.body, impactAt }),
    time_quality: placement.quality,
    earliest_at: earliestOf(placement, impactAt),
  };
}

function coverageRow(origin: Origin, coverage: Placed<'coverage'>) {
  const { seq, body } = coverage.record;
  const startsAt = body.startsAt + shiftOf(coverage);
  return {
    device_id: origin.deviceId,
    epoch: origin.epoch,
    seq,
    starts_at: startsAt,
    ends_at: body.endsAt + shiftOf(coverage),
    samples: body.samples,
    lost_samples: body.lostSamples,
    peak_g: body.peakG,
    time_quality: coverage.placement.quality,
    earliest_at: earliestOf(coverage.placement, startsAt),
  };
}

function faultRow(origin: Origin, { record: { seq, body }, placement }: Placed<'fault'>) {
  return {
    device_id: origin.deviceId,
    epoch: origin.epoch,
    seq,
    occurred_at: placement.at,
    sensor: body.sensor,
    is_raised: body.isRaised ? 1 : 0,
    reason: body.reason,
    detail: body.detail,
    time_quality: placement.quality,
  };
}

export type TombstoneRecord = Extract<DeviceRecord, { kind: 'tombstone' }>;

type ExcursionRow = Insertable<Database['excursion']>;

function excursionRow({ deviceId }: Origin, excursion: Placed<'excursion'>): ExcursionRow {
  const { record, placement } = excursion;
  const { body, seq } = record;
  const startedAt = body.startedAt + shiftOf(excursion);
  const endedAt = body.endedAt === null ? null : body.endedAt + shiftOf(excursion);
  return {
    id: excursionId(deviceId, record),
    device_id: deviceId,
    started_at: startedAt,
    ended_at: endedAt,
    seq,
    body: JSON.stringify({ ...body, startedAt, endedAt }),
    time_quality: placement.quality,
    earliest_at: earliestOf(placement, startedAt),
  };
}

/** The record that closes an excursion wins over the one that opened it, whichever came first. */
async function upsertExcursions(
  trx: Transaction<Database>,
  excursions: readonly ExcursionRow[],
): Promise<void> {
  // Keyed by id: one statement can write a row only once.
  const rows = new Map<string, ExcursionRow>();
  for (const row of excursions) {
    const other = rows.get(row.id);
    if (other === undefined || isFuller(row, other)) rows.set(row.id, row);
  }
  for (const chunk of insertChunks([...rows.values()]))
    await trx
      .insertInto('excursion')
      .values(chunk)
      .onConflict((conflict) =>
        conflict
          .column('id')
          .doUpdateSet((eb) => ({
            started_at: eb.ref('excluded.started_at'),
            ended_at: eb.ref('excluded.ended_at'),
            seq: eb.ref('excluded.seq'),
            body: eb.ref('excluded.body'),
            time_quality: eb.ref('excluded.time_quality'),
            earliest_at: eb.ref('excluded.earliest_at'),
          }))
          // The rule of `isFuller`, in SQL.
          .where((eb) =>
            eb.or([
              eb.and([eb('excluded.ended_at', 'is not', null), eb('excursion.ended_at', 'is', null)]),
              eb.and([
                eb.or([eb('excluded.ended_at', 'is not', null), eb('excursion.ended_at', 'is', null)]),
                eb('excluded.seq', '>=', eb.ref('excursion.seq')),
              ]),
            ]),
          ),
      )
      .execute();
}

function isFuller(row: ExcursionRow, other: ExcursionRow): boolean {
  if ((row.ended_at === null) !== (other.ended_at === null)) return row.ended_at !== null;
  return row.seq >= other.seq;
}

/** Its two records name it alike, wherever the wall clock was set to between them. */
function excursionId(deviceId: string, { bootId, body }: Placed<'excursion'>['record']): string {
  const start =
    body.startedMonotonicMs === undefined ? body.startedAt : `${bootId}@${body.startedMonotonicMs}`;
  return [deviceId, body.sensor, body.quantity, body.side, start].join(':');
}
