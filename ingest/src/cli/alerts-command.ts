import { userInfo } from 'node:os';
import { type Alert, textTable } from '@jostle/contracts';
import { Command, Option } from 'commander';
import { type ApiClient, everyPage } from './api-client.ts';
import type { Terminal } from './terminal.ts';

interface Choice {
  device?: string;
  state: string;
  json?: true;
}

/** `jostle alerts` and `jostle alerts ack ID` */
export function alertsCommand(api: () => ApiClient, terminal: Terminal): Command {
  const list = new Command('list')
    .description('List alerts, newest first')
    .option('--device <id>', 'of this device')
    .addOption(
      new Option('--state <state>', 'those in this state')
        .choices(['open', 'acknowledged', 'resolved', 'all'])
        .default('open'),
    )
    .option('--json', 'print them as JSON')
    .action(async ({ device, state, json }: Choice) => {
      const query = new URLSearchParams({ ...(device && { device }), ...(state !== 'all' && { state }) });
      const alerts = await everyPage<Alert>(api(), `/alerts?${query}`);
      terminal.out(json ? `${JSON.stringify(alerts, null, 2)}\n` : alertsText(alerts, state));
    });
  const ack = new Command('ack')
    .description('Say that somebody sees to alerts')
    .argument('<ids...>')
    .option('--by <name>', 'who; by default the user of this terminal')
    .action(async (ids: string[], { by = userInfo().username }: { by?: string }) => {
      const alerts: Alert[] = [];
      for (const id of ids)
        alerts.push(await api().post<Alert>(`/alerts/${encodeURIComponent(id)}/acknowledge`, { by }));
      terminal.out(alertsText(alerts, 'all'));
    });
  return new Command('alerts')
    .description('What was lost, changed, sent by two devices or refused without being kept')
    .addCommand(list, { isDefault: true })
    .addCommand(ack);
}

function alertsText(alerts: readonly Alert[], state: string): string {
  if (alerts.length === 0)
    return state === 'all' ? 'There are no alerts.\n' : `There are no ${state} alerts.\n`;
  const rows = alerts.map(
    ({ id, raisedAt, kind, device, fromSeq, toSeq, records, state, acknowledgedBy, detail }) => [
      ...[id, raisedAt, kind, device, fromSeq === toSeq ? `${fromSeq}` : `${fromSeq}–${toSeq}`, records],
      ...[acknowledgedBy === null ? state : `${state} (${acknowledgedBy})`, detail],
    ],
  );
  return `${textTable(['id', 'raised', 'kind', 'device', 'seqs', 'records', 'state', 'detail'], rows)}\n`;
}
