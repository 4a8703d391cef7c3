import { ALERT_KINDS } from '@jostle/contracts';
import { Gauge, type Registry } from 'prom-client';
import type { Store } from '../store/store.ts';

/** Gauges of what is missing and what people have to look at; read from the store when they are asked for. */
export function completenessMetrics(registry: Registry, { db }: Store): void {
  new Gauge({
    name: 'jostle_alerts_open',
    help: 'Alerts that nobody has acknowledged and that are not resolved.',
    labelNames: ['kind'],
    registers: [registry],
    async collect() {
      const rows = await db
        .selectFrom('alert')
        .select(({ fn }) => ['kind', fn.countAll<number>().as('open')])
        .where('acknowledged_at', 'is', null)
        .where('resolved_at', 'is', null)
        .groupBy('kind')
        .execute();
      for (const kind of ALERT_KINDS) this.set({ kind }, rows.find((row) => row.kind === kind)?.open ?? 0);
    },
  });
  new Gauge({
    name: 'jostle_ingest_records',
    help: 'Records by what became of them: stored, refused, dropped, lost, or awaited from a device that holds them.',
    labelNames: ['state'],
    registers: [registry],
    async collect() {
      const { stored, received, dropped, known } = await db
        .selectFrom('reception_epoch')
        .select(({ fn }) => [
          fn.sum<number | null>('stored').as('stored'),
          fn.sum<number | null>('received').as('received'),
          fn.sum<number | null>('dropped').as('dropped'),
          fn.sum<number | null>('max_seq').as('known'),
        ])
        .executeTakeFirstOrThrow();
      const { lost } = await db
        .selectFrom('alert')
        .select(({ fn }) => fn.sum<number | null>('records').as('lost'))
        .where('kind', '=', 'lost')
        .executeTakeFirstOrThrow();
      const settled = (received ?? 0) + (dropped ?? 0) + (lost ?? 0);
      this.set({ state: 'stored' }, stored ?? 0);
      this.set({ state: 'refused' }, Math.max(0, (received ?? 0) - (stored ?? 0)));
      this.set({ state: 'dropped' }, dropped ?? 0);
      this.set({ state: 'lost' }, lost ?? 0);
      this.set({ state: 'awaited' }, Math.max(0, (known ?? 0) - settled));
    },
  });
}
