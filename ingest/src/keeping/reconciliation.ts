import type { HourDifference, ReconciliationReport } from '@jostle/contracts';
import { toInstant, toMs } from '../ledger/instants.ts';
import { HOUR_MS } from '../telemetry/telemetry-store.ts';
import { type Comparing, compareHour } from './hour-comparison.ts';
import { countInbox, HourCounts, type HourRange } from './hour-counts.ts';
import { refusedRows } from './refused-points.ts';
import { inboxKeptSince } from './retention.ts';

/** Differences that a report names; the others are counted. */
const NAMED_MAX = 1000;

export interface ReconciliationDeps extends Comparing {
  stopping: AbortSignal;
}

/**
 * Compares the inbox with the telemetry store: first the number of values in each hour of each device, then point by point
 * the hours in which that differs or of which points were refused. Hours of which the inbox has let something go are left out.
 *
 * @returns the report with its findings; it is not done where `stopping` ended it
 * @throws JostleError INGEST_TELEMETRY_UNAVAILABLE
 */
export async function reconcile(
  deps: ReconciliationDeps,
  asked: ReconciliationReport,
): Promise<ReconciliationReport> {
  const { db, telemetry, stopping } = deps;
  const { range, skippedHours } = comparable(asked, await inboxKeptSince(db));
  const refused = new Set((await refusedRows(db, asked.device)).map(({ key }) => key));
  const { counts, points } = await countInbox(db, telemetry.kinds, range, asked.device, refused, stopping);
  const found = new HourCounts(range);
  const counted =
    range.from < range.to ? await telemetry.countHours(range.from, range.to, asked.device ?? undefined) : [];
  for (const hour of counted) found.add(hour);
  const report: ReconciliationReport = {
    ...asked,
    skippedHours,
    devices: Math.max(counts.devices, found.devices),
    points,
    differences: [],
    differingHours: 0,
    refusedHours: 0,
    remainingHours: 0,
  };
  for (const { deviceId, hour } of counts.differences(found)) {
    if (stopping.aborted) return report;
    const difference = await compareHour(deps, deviceId, hour, asked.isFixing);
    if (difference !== undefined) noteDifference(report, difference);
  }
  return stopping.aborted ? report : { ...report, state: 'done' };
}

function noteDifference(report: ReconciliationReport, difference: HourDifference): void {
  report.differingHours += 1;
  if (difference.outcome === 'refused') report.refusedHours += 1;
  if (difference.outcome === 'differs') report.remainingHours += 1;
  if (report.differences.length < NAMED_MAX) report.differences.push(difference);
}

/** The whole hours of a request of which the inbox has everything. */
function comparable({ from, to }: ReconciliationReport, keptSince: number) {
  const asked: HourRange = { from: floorHour(toMs(from)), to: ceilHour(toMs(to)) };
  const start = Math.min(asked.to, Math.max(asked.from, ceilHour(keptSince)));
  return {
    range: { from: start, to: asked.to },
    skippedHours: Math.max(0, (start - asked.from) / HOUR_MS),
  };
}

const floorHour = (ms: number) => Math.floor(ms / HOUR_MS) * HOUR_MS;
const ceilHour = (ms: number) => Math.ceil(ms / HOUR_MS) * HOUR_MS;

/** A report before anything was compared. */
export function emptyReconciliation(
  id: string,
  asked: { from: number; to: number; device: string | null; isFixing: boolean },
): ReconciliationReport {
  return {
    id,
    state: 'waiting',
    problem: null,
    device: asked.device,
    isFixing: asked.isFixing,
    from: toInstant(asked.from),
    to: toInstant(asked.to),
    skippedHours: 0,
    devices: 0,
    points: 0,
    differingHours: 0,
    refusedHours: 0,
    remainingHours: 0,
    differences: [],
  };
}
