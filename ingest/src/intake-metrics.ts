import { Counter, Gauge, type Registry } from 'prom-client';
import type { CommitReport } from './inbox/commit-report.ts';
import type { IntakeState } from './intake/intake.ts';

const COUNTERS = {
  stored: ['jostle_ingest_records_stored_total', 'Records that were new and are committed.'],
  duplicates: ['jostle_ingest_records_duplicate_total', 'Records that came again.'],
  conflicts: ['jostle_ingest_records_conflict_total', 'Records that came again with other content.'],
  quarantined: ['jostle_ingest_quarantined_total', 'Messages and records that went into quarantine.'],
  overflow: ['jostle_ingest_quarantine_overflow_total', 'What the full quarantine had no room for.'],
  unregistered: ['jostle_ingest_messages_unregistered_total', 'Messages of devices that are not registered.'],
} as const satisfies Partial<Record<keyof CommitReport, readonly [name: string, help: string]>>;

/** Counts what is committed and shows what is waiting; give the result to the intake. */
export function intakeMetrics(registry: Registry, state: () => IntakeState): (report: CommitReport) => void {
  const counters = Object.entries(COUNTERS).map(([key, [name, help]]) => {
    const counter = new Counter({ name, help, registers: [registry] });
    return (report: CommitReport) => counter.inc(report[key as keyof typeof COUNTERS]);
  });
  new Gauge({
    name: 'jostle_ingest_messages_waiting',
    help: 'Messages between the broker and the store.',
    registers: [registry],
    collect() {
      this.set(state().waiting);
    },
  });
  new Gauge({
    name: 'jostle_ingest_broker_connected',
    help: '1 while the intake is connected to the broker.',
    registers: [registry],
    collect() {
      this.set(state().isConnected ? 1 : 0);
    },
  });
  return (report) => {
    for (const count of counters) count(report);
  };
}
