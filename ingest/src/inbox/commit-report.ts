import type { ReceiptMessage } from '@jostle/contracts';
import type { AlertNews } from '../completeness/alerts.ts';

/** What one transaction did. */
export interface CommitReport {
  /** To be published once the transaction is on disk. */
  receipts: { deviceId: string; receipt: ReceiptMessage }[];
  stored: number;
  duplicates: number;
  conflicts: number;
  quarantined: number;
  /** What the full quarantine had no room for. */
  overflow: number;
  /** Messages of devices that are not registered: they got no receipt. */
  unregistered: number;
  /** What people have to be told of: alerts that are new or grew. */
  alerts: AlertNews[];
}

export function emptyReport(): CommitReport {
  return {
    receipts: [],
    stored: 0,
    duplicates: 0,
    conflicts: 0,
    quarantined: 0,
    overflow: 0,
    unregistered: 0,
    alerts: [],
  };
}

/** The report of two transactions, the first one first. */
export function mergeReports(a: CommitReport, b: CommitReport): CommitReport {
  return {
    receipts: [...a.receipts, ...b.receipts],
    stored: a.stored + b.stored,
    duplicates: a.duplicates + b.duplicates,
    conflicts: a.conflicts + b.conflicts,
    quarantined: a.quarantined + b.quarantined,
    overflow: a.overflow + b.overflow,
    unregistered: a.unregistered + b.unregistered,
    alerts: [...a.alerts, ...b.alerts],
  };
}
