import type { DeviceRecord, RecordBodies } from '@jostle/contracts';
import type { Insertable, Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import { insertChunks } from '../store/insert-chunks.ts';

interface Origin {
  deviceId: string;
  epoch: string;
}

type BodyOf<K extends DeviceRecord['kind']> = { seq: number; measuredAt: number; body: RecordBodies[K] };

/** Writes what questions are asked of, beside the inbox: events, excursions, coverage, faults, drops. */
export async function writeDerived(
  trx: Transaction<Database>,
  origin: Origin,
  records: readonly DeviceRecord[],
): Promise<void> {
  const ofKind = <K extends DeviceRecord['kind']>(kind: K) =>
    records.filter((record) => record.kind === kind) as unknown as BodyOf<K>[];
  const key = (seq: number) => ({ device_id: origin.deviceId, epoch: origin.epoch, seq });

  await insertAll(
    trx,
    'shock_event',
    ofKind('shock').map(({ seq, body }) => shockRow(origin, seq, body)),
  );
  await insertAll(
    trx,
    'coverage',
    ofKind('coverage').map(({ seq, body }) => ({ ...key(seq), ...coverage(body) })),
  );
  await insertAll(
    trx,
    'sensor_fault',
    ofKind('fault').map(({ seq, measuredAt, body }) => ({
      ...key(seq),
      occurred_at: measuredAt,
      sensor: body.sensor,
      is_raised: body.isRaised ? 1 : 0,
      reason: body.reason,
      detail: body.detail,
    })),
  );
  await insertAll(
    trx,
    'dropped',
    ofKind('tombstone').map(({ body }) => ({
      device_id: origin.deviceId,
      epoch: origin.epoch,
      from_seq: body.fromSeq,
      to_seq: body.toSeq,
      reason: body.reason,
    })),
  );
  for (const { seq, body } of ofKind('excursion')) await upsertExcursion(trx, origin.deviceId, seq, body);
}

async function insertAll<T extends 'shock_event' | 'coverage' | 'sensor_fault' | 'dropped'>(
  trx: Transaction<Database>,
  table: T,
  rows: Insertable<Database[T]>[],
): Promise<void> {
  for (const chunk of insertChunks(rows))
    await trx
      .insertInto(table as 'coverage')
      .values(chunk as unknown as Insertable<Database['coverage']>[])
      .onConflict((conflict) => conflict.doNothing())
      .execute();
}

function shockRow({ deviceId, epoch }: Origin, seq: number, body: RecordBodies['shock']) {
  return {
    id: `${deviceId}:${epoch}:${seq}`,
    device_id: deviceId,
    impact_at: body.impactAt,
    peak_g: body.peakG.resultant,
    body: JSON.stringify(body),
  };
}

function coverage(body: RecordBodies['coverage']) {
  return {
    starts_at: body.startsAt,
    ends_at: body.endsAt,
    samples: body.samples,
    lost_samples: body.lostSamples,
    peak_g: body.peakG,
  };
}

/** The record that closes an excursion wins over the one that opened it, whichever came first. */
async function upsertExcursion(
  trx: Transaction<Database>,
  deviceId: string,
  seq: number,
  body: RecordBodies['excursion'],
): Promise<void> {
  await trx
    .insertInto('excursion')
    .values({
      id: [deviceId, body.sensor, body.quantity, body.side, body.startedAt].join(':'),
      device_id: deviceId,
      started_at: body.startedAt,
      ended_at: body.endedAt,
      seq,
      body: JSON.stringify(body),
    })
    .onConflict((conflict) =>
      conflict
        .column('id')
        .doUpdateSet((eb) => ({
          ended_at: eb.ref('excluded.ended_at'),
          seq: eb.ref('excluded.seq'),
          body: eb.ref('excluded.body'),
        }))
        .where((eb) =>
          eb.or([
            eb.and([eb('excluded.ended_at', 'is not', null), eb('excursion.ended_at', 'is', null)]),
            eb.and([
              eb.or([eb('excluded.ended_at', 'is not', null), eb('excursion.ended_at', 'is', null)]),
              eb('excluded.seq', '>', eb.ref('excursion.seq')),
            ]),
          ]),
        ),
    )
    .execute();
}
