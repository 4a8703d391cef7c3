import {
  type DeviceCompleteness,
  type RecordGap,
  type ShipmentCompleteness,
  textTable,
} from '@jostle/contracts';
import { Command } from 'commander';
import type { ApiClient } from './api-client.ts';
import { COUNT_TITLES, completePercent, countCells } from './completeness-text.ts';
import type { Terminal } from './terminal.ts';

/** 18 digits: no device is named so. */
const SSCC = /^\d{18}$/;

interface Choice {
  from?: string;
  to?: string;
  json?: true;
}

/** `jostle completeness DEVICE|SSCC` */
export function completenessCommand(api: () => ApiClient, terminal: Terminal): Command {
  return new Command('completeness')
    .description('Print how much of what a device recorded has come, or of what travelled with a shipment')
    .argument('<device-or-sscc>')
    .option('--from <instant>', 'of a device: from this time on, RFC 3339')
    .option('--to <instant>', 'of a device: before this time')
    .option('--json', 'print it as JSON')
    .action(async (id: string, { from, to, json }: Choice) => {
      const query = new URLSearchParams({ ...(from && { from }), ...(to && { to }) });
      const answer = SSCC.test(id)
        ? await api().get<ShipmentCompleteness>(`/shipments/${id}/completeness`)
        : await api().get<DeviceCompleteness>(`/devices/${encodeURIComponent(id)}/completeness?${query}`);
      terminal.out(json ? `${JSON.stringify(answer, null, 2)}\n` : completenessText(answer));
    });
}

function completenessText(answer: DeviceCompleteness | ShipmentCompleteness): string {
  const rows = 'devices' in answer ? answer.devices : [answer];
  if (rows.length === 0) return 'No device travelled with this shipment.\n';
  const counts = rows.map((row) => [
    ...[row.device, row.from ?? 'the beginning', row.to ?? 'now'],
    ...countCells(row),
  ]);
  // What may have been made in several windows of a device stands in each of their rows.
  const gaps = new Map(
    rows.flatMap(({ device, gaps }) =>
      gaps.map((gap) => [`${device}/${gap.epoch}/${gap.fromSeq}`, gapRow(device, gap)]),
    ),
  );
  const head =
    'devices' in answer ? [`Shipment ${answer.shipment}: ${completePercent(answer.completeness)}`, ''] : [];
  return [
    ...head,
    textTable(['device', 'from', 'to', ...COUNT_TITLES], counts),
    '',
    gaps.size === 0
      ? 'Nothing that is known of is missing.'
      : textTable(
          ['device', 'records', 'count', 'state', 'why', 'made after', 'made before'],
          [...gaps.values()],
        ),
    ...(rows.some(({ gaps, gapCount }) => gaps.length < gapCount)
      ? ['', 'There are more gaps than these; the counts above hold all of them.']
      : []),
    ...(rows.some((row) => row.gaps.some((gap) => gap.isPartial))
      ? ['', '* may reach beyond the span; all of its records are counted']
      : []),
    '',
  ].join('\n');
}

function gapRow(device: string, { fromSeq, toSeq, ...gap }: RecordGap) {
  const { records, state, reason, earliest, latest, isPartial } = gap;
  const seqs = fromSeq === toSeq ? `${fromSeq}` : `${fromSeq}–${toSeq}`;
  return [...[device, `${seqs}${isPartial ? ' *' : ''}`, records, state], ...[reason, earliest, latest]];
}
