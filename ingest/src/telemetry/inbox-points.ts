import type { RecordBodies } from '@jostle/contracts';
import type { Selectable } from 'kysely';
import type { Database } from '../store/database.ts';
import type { TelemetryPoint } from './telemetry-store.ts';

export type InboxRow = Pick<
  Selectable<Database['inbox']>,
  'id' | 'device_id' | 'epoch' | 'seq' | 'kind' | 'measured_at' | 'resolved_at' | 'body'
>;

/** The kinds of records that have a curve. */
export const POINT_KINDS = ['climate', 'shock'] as const;

/**
 * The point of an inbox row at its time, or at another one; undefined where it has no value to show, or no known time:
 * a curve has no place for what is only bounded.
 */
export function pointOf(row: InboxRow, at: number | null = row.resolved_at): TelemetryPoint | undefined {
  if (at === null) return undefined;
  const point = { deviceId: row.device_id, measuredAt: at, seq: row.seq };
  if (row.kind === 'climate') {
    const { temperatureC, relativeHumidityPct, pressureHpa } = JSON.parse(
      row.body,
    ) as RecordBodies['climate'];
    const values = { temperatureC, relativeHumidityPct, pressureHpa };
    return Object.values(values).every((value) => value === undefined)
      ? undefined
      : { ...point, kind: 'climate', values };
  }
  const shock = JSON.parse(row.body) as RecordBodies['shock'];
  const { durationMs, velocityChangeMps, impactClass, peakG, dropHeightM } = shock;
  const values = {
    peakG: peakG.resultant,
    durationMs,
    velocityChangeMps,
    dropHeightM: dropHeightM ?? undefined,
    impactClass,
  };
  return { ...point, measuredAt: shock.impactAt + at - row.measured_at, kind: 'shock', values };
}
