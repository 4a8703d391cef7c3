import type { ReconciliationReport } from '@jostle/contracts';
import { Counter, Gauge, type Registry } from 'prom-client';
import type { Expired } from './retention.ts';

/** What keeping house has to show. */
export interface KeepingMetrics {
  expired(expired: Expired): void;
  compared(report: ReconciliationReport): void;
}

/** @param isLeader whether this process leads now */
export function keepingMetrics(registry: Registry, isLeader: () => boolean): KeepingMetrics {
  const registers = [registry];
  const expired = new Counter({
    name: 'jostle_ingest_records_expired_total',
    help: 'Records that left the inbox after their time.',
    registers,
  });
  const differing = new Gauge({
    name: 'jostle_ingest_reconciliation_hours_differing',
    help: 'Hours of devices in which the last comparison of inbox and curves found a difference.',
    registers,
  });
  const remaining = new Gauge({
    name: 'jostle_ingest_reconciliation_hours_remaining',
    help: 'Those of them that still differ by more than points that the telemetry store refused.',
    registers,
  });
  new Gauge({
    name: 'jostle_ingest_leader',
    help: '1 in the process that writes the curves and keeps house.',
    registers,
    collect() {
      this.set(isLeader() ? 1 : 0);
    },
  });
  return {
    expired: ({ records }) => expired.inc(records),
    compared: ({ state, differingHours, remainingHours }) => {
      if (state !== 'done') return;
      differing.set(differingHours);
      remaining.set(remainingHours);
    },
  };
}
