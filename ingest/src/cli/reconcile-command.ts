import { type ReconciliationReport, textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { type ApiClient, CommandFailure } from './api-client.ts';
import type { Terminal } from './terminal.ts';

/** How often a comparison is asked how far it is. */
const POLL_MS = 200;

interface ReconcileOptions {
  from?: string;
  to?: string;
  device?: string;
  fix?: true;
  json?: true;
}

/** `jostle reconcile` */
export function reconcileCommand(
  api: () => ApiClient,
  terminal: Terminal,
  pause: (ms: number) => Promise<unknown>,
): Command {
  return new Command('reconcile')
    .description('Compare the inbox with the curves in the telemetry store, hour by hour of each device')
    .option('--from <time>', 'RFC 3339, such as 2026-03-01T09:00:00Z; by default all that the inbox keeps')
    .option('--to <time>', 'likewise; by default now')
    .option('--device <id>', 'only this device')
    .option('--fix', 'write what is missing, send again what was refused, take out what is too much')
    .option('--json', 'print the report as JSON')
    .action(async ({ fix, json, ...asked }: ReconcileOptions) => {
      let report = await api().post<ReconciliationReport>('/telemetry/reconciliations', {
        ...asked,
        fix: fix === true,
      });
      while (report.state === 'waiting' || report.state === 'running') {
        await pause(POLL_MS);
        report = await api().get<ReconciliationReport>(`/telemetry/reconciliations/${report.id}`);
      }
      if (report.state === 'failed') throw new CommandFailure(report.problem ?? 'the comparison failed');
      terminal.out(json ? `${JSON.stringify(report, null, 2)}\n` : reconciliationText(report));
      if (report.remainingHours > 0) throw new CommandFailure('');
    });
}

function reconciliationText(report: ReconciliationReport): string {
  const { differences, differingHours, refusedHours, remainingHours, skippedHours } = report;
  const { devices, points, from, to, isFixing } = report;
  const lines = [`${from} to ${to}: ${points} points of ${devices} devices`];
  if (skippedHours > 0)
    lines.push(`Not compared: the first ${skippedHours} h, of which records have left the inbox already.`);
  if (differingHours === 0) return `${lines.join('\n')}\nInbox and telemetry store agree.\n`;
  const rows = differences.map(({ device, hour, inbox, telemetry, missing, refused, extra, outcome }) => [
    ...[device, hour, inbox, telemetry, missing, refused, extra, outcome],
  ]);
  const head = ['device', 'hour', 'inbox', 'telemetry', 'missing', 'refused', 'extra', 'outcome'];
  lines.push('', textTable(head, rows), '');
  if (differingHours > rows.length) lines.push(`… and ${differingHours - rows.length} more`);
  if (isFixing) lines.push(`Mended: ${differingHours - refusedHours - remainingHours} of ${differingHours}.`);
  if (remainingHours > 0)
    lines.push(`Hours that differ: ${remainingHours}. Mend them with \`jostle reconcile --fix\`.`);
  if (refusedHours > 0)
    lines.push(
      `Hours of which InfluxDB refused points: ${refusedHours}.`,
      'Why is in `jostle quarantine list --code INGEST_TELEMETRY_REFUSED`; `jostle reconcile --fix` sends them again.',
    );
  return `${lines.join('\n')}\n`;
}
