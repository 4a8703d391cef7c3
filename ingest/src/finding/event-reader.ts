import type { ExcursionBody, ShockBody } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { Interval } from '../correlation/intervals.ts';
import type { ReturnCase } from '../correlation/return-case.ts';
import type { Database } from '../store/database.ts';

export type RecordedEvents = Pick<ReturnCase, 'shocks' | 'excursions' | 'coverage'>;

/** What these devices recorded in the span; excursions and coverage that only reach into it are included whole. */
export async function readEvents(
  db: Kysely<Database>,
  devices: readonly string[],
  { startsAt, endsAt }: Interval,
): Promise<RecordedEvents> {
  if (devices.length === 0) return { shocks: [], excursions: [], coverage: [] };
  const shocks = await db
    .selectFrom('shock_event')
    .select(['id', 'device_id', 'body'])
    .where('device_id', 'in', devices)
    .where('impact_at', '>=', startsAt)
    .where('impact_at', '<', endsAt)
    .execute();
  const excursions = await db
    .selectFrom('excursion')
    .select(['id', 'device_id', 'body'])
    .where('device_id', 'in', devices)
    .where('started_at', '<', endsAt)
    .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', startsAt)]))
    .execute();
  const coverage = await db
    .selectFrom('coverage')
    .select(['device_id', 'starts_at', 'ends_at', 'samples', 'lost_samples'])
    .where('device_id', 'in', devices)
    .where('starts_at', '<', endsAt)
    .where('ends_at', '>', startsAt)
    .execute();
  return {
    shocks: shocks.map((row) => ({ id: row.id, device: row.device_id, body: shockBody(row.body) })),
    excursions: excursions.map((row) => ({
      id: row.id,
      device: row.device_id,
      body: JSON.parse(row.body) as ExcursionBody,
    })),
    coverage: coverage.map((row) => ({
      device: row.device_id,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      samples: row.samples,
      lostSamples: row.lost_samples,
    })),
  };
}

/** The waveform is for the eye: nothing is computed from it here, and it is most of the bytes. */
function shockBody(json: string): Omit<ShockBody, 'waveform'> {
  const { waveform: _, ...body } = JSON.parse(json) as ShockBody;
  return body;
}
