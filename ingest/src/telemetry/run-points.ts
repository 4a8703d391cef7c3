import type { RecordBodies, UpMessage } from '@jostle/contracts';
import type { Selectable } from 'kysely';
import type { KnownTime } from '../boot-time/boot-line.ts';
import type { Database } from '../store/database.ts';
import type { TelemetryPoint } from './telemetry-store.ts';

/** The columns of an inbox row that points are made of. */
export const RUN_COLUMNS = [
  'id',
  'device_id',
  'epoch',
  'from_seq',
  'boot_id',
  'clock',
  'records',
  'message',
] as const;
export type RunRow = Pick<Selectable<Database['inbox']>, (typeof RUN_COLUMNS)[number]>;

/**
 * The points of a run, straight from the columns of its message: climate readings that have a value, and shock events.
 * A record whose time is not known has none: a curve has no place for what is only bounded.
 */
export function pointsOf(row: RunRow, timeOf: KnownTime): TelemetryPoint[] {
  const message = JSON.parse(row.message) as UpMessage;
  const points: TelemetryPoint[] = [];
  const { measured, times } = clocksOf(message, timeOf);
  const { device_id: deviceId, epoch, from_seq: fromSeq } = row;
  for (const { i: positions, t, rh, p } of message.climate)
    for (let n = 0; n < positions.length; n++) {
      const i = positions[n] ?? 0;
      const measuredAt = times[i] ?? null;
      const values = {
        temperatureC: t[n] ?? undefined,
        relativeHumidityPct: rh[n] ?? undefined,
        pressureHpa: p[n] ?? undefined,
      };
      const isEmpty =
        values.temperatureC === undefined &&
        values.relativeHumidityPct === undefined &&
        values.pressureHpa === undefined;
      if (measuredAt !== null && !isEmpty)
        points.push({ kind: 'climate', deviceId, epoch, measuredAt, seq: fromSeq + i, values });
    }
  for (const { i, kind, body } of message.other) {
    const at = times[i] ?? null;
    if (kind !== 'shock' || at === null) continue;
    const shock = body as RecordBodies['shock'];
    const measuredAt = shock.impactAt + at - (measured[i] ?? 0);
    const values = shockValues(shock);
    points.push({ kind: 'shock', deviceId, epoch, measuredAt, seq: fromSeq + i, values });
  }
  return points;
}

/** What each record of a run saw on its wall clock, and when it happened. */
function clocksOf({ at, mono }: UpMessage, timeOf: KnownTime) {
  const measured: number[] = [];
  const times: (number | null)[] = [];
  let wall = 0;
  let monotonic = 0;
  for (let i = 0; i < at.length; i++) {
    wall += at[i] ?? 0;
    monotonic += mono[i] ?? 0;
    measured.push(wall);
    times.push(timeOf(wall, monotonic));
  }
  return { measured, times };
}

function shockValues({
  peakG,
  durationMs,
  velocityChangeMps,
  dropHeightM,
  impactClass,
}: RecordBodies['shock']) {
  return {
    peakG: peakG.resultant,
    durationMs,
    velocityChangeMps,
    dropHeightM: dropHeightM ?? undefined,
    impactClass,
  };
}
