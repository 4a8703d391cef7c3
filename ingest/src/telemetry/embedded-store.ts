import { pointTimeText } from '@jostle/contracts';
import { sql } from 'kysely';
import { isDataError } from '../store/data-error.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { Store } from '../store/store.ts';
import {
  type ClimatePoint,
  HOUR_MS,
  type HourCount,
  type PointPlace,
  type PointTime,
  stretchMs,
  type TelemetryPoint,
  type TelemetryStore,
  type WriteOutcome,
} from './telemetry-store.ts';

/** Readings in the relational store. Shock events have a table of their own there and are not written again. */
export class EmbeddedTelemetryStore implements TelemetryStore {
  readonly kinds = ['climate'] as const;
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async write(points: readonly TelemetryPoint[]): Promise<WriteOutcome> {
    const rows = points.flatMap((point) =>
      point.kind !== 'climate'
        ? []
        : {
            device_id: point.deviceId,
            point_ns: pointTimeText(point.measuredAt, point.seq),
            measured_at: point.measuredAt,
            temperature_c: point.values.temperatureC ?? null,
            relative_humidity_pct: point.values.relativeHumidityPct ?? null,
            pressure_hpa: point.values.pressureHpa ?? null,
          },
    );
    try {
      await this.#store.db.transaction().execute(async (trx) => {
        for (const chunk of insertChunks(rows))
          await trx
            .insertInto('telemetry_climate')
            .values(chunk)
            .onConflict((conflict) => conflict.doNothing())
            .execute();
      });
      return { kind: 'written' };
    } catch (error) {
      return { kind: isDataError(error) ? 'invalid' : 'retry', reason: String(error) };
    }
  }

  async remove(points: readonly PointPlace[]): Promise<WriteOutcome> {
    try {
      await this.#store.db.transaction().execute(async (trx) => {
        for (const [deviceId, times] of climateTimes(points))
          for (const chunk of insertChunks(times))
            await trx
              .deleteFrom('telemetry_climate')
              .where('device_id', '=', deviceId)
              .where('point_ns', 'in', chunk)
              .execute();
      });
      return { kind: 'written' };
    } catch (error) {
      return { kind: 'retry', reason: String(error) };
    }
  }

  climate(deviceId: string, fromMs: number, toMs: number, maxPoints: number): Promise<ClimatePoint[]> {
    const length = sql.lit(stretchMs(fromMs, toMs, maxPoints));
    return this.#store.db
      .selectFrom('telemetry_climate')
      .select(({ fn }) => [
        sql<number>`(measured_at / ${length}) * ${length}`.as('measuredAt'),
        fn.avg<number | null>('temperature_c').as('temperatureC'),
        fn.avg<number | null>('relative_humidity_pct').as('relativeHumidityPct'),
        fn.avg<number | null>('pressure_hpa').as('pressureHpa'),
      ])
      .where('device_id', '=', deviceId)
      .where('measured_at', '>=', fromMs)
      .where('measured_at', '<', toMs)
      .groupBy(sql`1`)
      .orderBy(sql`1`)
      .execute();
  }

  countHours(fromMs: number, toMs: number, deviceId?: string): Promise<HourCount[]> {
    const rows = this.#store.db
      .selectFrom('telemetry_climate')
      .select(({ fn }) => [
        'device_id as deviceId',
        sql<number>`(measured_at / ${sql.lit(HOUR_MS)}) * ${sql.lit(HOUR_MS)}`.as('hour'),
        sql<number>`${fn.count('temperature_c')} + ${fn.count('relative_humidity_pct')}
          + ${fn.count('pressure_hpa')}`.as('values'),
      ])
      .where('measured_at', '>=', fromMs)
      .where('measured_at', '<', toMs)
      .groupBy(['device_id', sql`2`]);
    return (deviceId === undefined ? rows : rows.where('device_id', '=', deviceId)).execute();
  }

  async pointTimes(deviceId: string, fromMs: number, toMs: number): Promise<PointTime[]> {
    const rows = await this.#store.db
      .selectFrom('telemetry_climate')
      .select('point_ns')
      .where('device_id', '=', deviceId)
      .where('measured_at', '>=', fromMs)
      .where('measured_at', '<', toMs)
      .execute();
    return rows.map((row) => ({ kind: 'climate', timeNs: row.point_ns }));
  }

  async close(): Promise<void> {}
}

/** Of each device the times of its readings, ns as text. */
function climateTimes(points: readonly PointPlace[]): Map<string, string[]> {
  const times = new Map<string, string[]>();
  for (const { kind, deviceId, measuredAt, seq } of points) {
    if (kind !== 'climate') continue;
    const own = times.get(deviceId);
    const time = pointTimeText(measuredAt, seq);
    if (own === undefined) times.set(deviceId, [time]);
    else own.push(time);
  }
  return times;
}
