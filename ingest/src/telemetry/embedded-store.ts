import { pointTimeNs } from '@jostle/contracts';
import { sql } from 'kysely';
import { isDataError } from '../store/data-error.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { Store } from '../store/store.ts';
import {
  type ClimatePoint,
  stretchMs,
  type TelemetryPoint,
  type TelemetryStore,
  type WriteOutcome,
} from './telemetry-store.ts';

/** Readings in the relational store. Shock events have a table of their own there and are not written again. */
export class EmbeddedTelemetryStore implements TelemetryStore {
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
            point_ns: String(pointTimeNs(point.measuredAt, point.seq)),
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

  async remove(points: readonly TelemetryPoint[]): Promise<WriteOutcome> {
    try {
      await this.#store.db.transaction().execute(async (trx) => {
        for (const { kind, deviceId, measuredAt, seq } of points)
          if (kind === 'climate')
            await trx
              .deleteFrom('telemetry_climate')
              .where('device_id', '=', deviceId)
              .where('point_ns', '=', String(pointTimeNs(measuredAt, seq)))
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

  async close(): Promise<void> {}
}
