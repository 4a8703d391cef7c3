import type { ExcursionBody, ShockBody, TimeQuality } from '@jostle/contracts';
import { type Kysely, sql } from 'kysely';
import type { Interval } from '../correlation/intervals.ts';
import type { BoundedTime, ReturnCase } from '../correlation/return-case.ts';
import type { Database } from '../store/database.ts';

export type RecordedEvents = Pick<ReturnCase, 'shocks' | 'excursions' | 'coverage' | 'undatedCoverageMs'>;

/**
 * What these devices recorded in the span; excursions and coverage that only reach into it are included whole. An event
 * whose time is only bounded is included where it may lie in the span.
 */
export async function readEvents(
  db: Kysely<Database>,
  devices: readonly string[],
  { startsAt, endsAt }: Interval,
): Promise<RecordedEvents> {
  if (devices.length === 0) return { shocks: [], excursions: [], coverage: [], undatedCoverageMs: 0 };
  const shocks = await db
    .selectFrom('shock_event')
    .select(['id', 'device_id', 'body', 'time_quality', 'earliest_at'])
    .where('device_id', 'in', devices)
    .where('impact_at', '>=', startsAt)
    .where((where) => where.or([where('impact_at', '<', endsAt), where('time_quality', '=', 'bounded')]))
    .where(mayBeginBefore(endsAt))
    .execute();
  const excursions = await db
    .selectFrom('excursion')
    .select(['id', 'device_id', 'body', 'time_quality', 'earliest_at'])
    .where('device_id', 'in', devices)
    .where((where) => where.or([where('started_at', '<', endsAt), where('time_quality', '=', 'bounded')]))
    .where(mayBeginBefore(endsAt))
    .where((where) => where.or([where('ended_at', 'is', null), where('ended_at', '>', startsAt)]))
    .execute();
  const coverage = await db
    .selectFrom('coverage')
    .select(['device_id', 'starts_at', 'ends_at', 'samples', 'lost_samples'])
    .where('device_id', 'in', devices)
    .where('time_quality', '<>', 'bounded')
    .where('starts_at', '<', endsAt)
    .where('ends_at', '>', startsAt)
    .execute();
  const undated = await db
    .selectFrom('coverage')
    .select(({ fn, eb }) => fn.sum<number | null>(eb('ends_at', '-', eb.ref('starts_at'))).as('ms'))
    .where('device_id', 'in', devices)
    .where('time_quality', '=', 'bounded')
    .where('ends_at', '>', startsAt)
    .where(mayBeginBefore(endsAt))
    .executeTakeFirst();
  return {
    shocks: shocks.map((row) => ({
      id: row.id,
      device: row.device_id,
      body: shockBody(row.body),
      ...boundedTime(row),
    })),
    excursions: excursions.map((row) => ({
      id: row.id,
      device: row.device_id,
      body: JSON.parse(row.body) as ExcursionBody,
      ...boundedTime(row),
    })),
    coverage: coverage.map((row) => ({
      device: row.device_id,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
      samples: row.samples,
      lostSamples: row.lost_samples,
    })),
    undatedCoverageMs: undated?.ms ?? 0,
  };
}

function mayBeginBefore(endsAt: number) {
  return sql<boolean>`(earliest_at is null or earliest_at < ${endsAt})`;
}

/** What a row says of its time where that is only bounded. */
export function boundedTime(row: { time_quality: TimeQuality; earliest_at: number | null }): {
  bounded?: BoundedTime;
} {
  return row.time_quality === 'bounded' ? { bounded: { earliestAt: row.earliest_at } } : {};
}

/** The waveform is for the eye: nothing is computed from it here, and it is most of the bytes. */
function shockBody(json: string): Omit<ShockBody, 'waveform'> {
  const { waveform: _, ...body } = JSON.parse(json) as ShockBody;
  return body;
}
