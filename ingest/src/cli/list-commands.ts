import { type Finding, type ReturnWithFinding, textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { type ApiClient, everyPage } from './api-client.ts';
import { findingText } from './finding-text.ts';
import type { Terminal } from './terminal.ts';

/** `jostle finding RETURN_ID` */
export function findingCommand(api: () => ApiClient, terminal: Terminal): Command {
  return new Command('finding')
    .description('Print which leg explains the damage of a return, and what was not observed')
    .argument('<return-id>')
    .option('--json', 'print it as JSON')
    .action(async (returnId: string, { json }: { json?: true }) => {
      const finding = await api().get<Finding>(`/returns/${encodeURIComponent(returnId)}/finding`);
      terminal.out(json ? `${JSON.stringify(finding, null, 2)}\n` : findingText(finding, terminal.width));
    });
}

/** `jostle returns list` */
export function returnsCommand(api: () => ApiClient, terminal: Terminal): Command {
  const list = new Command('list')
    .description('List the returns with their findings')
    .option('--json', 'print them as JSON')
    .action(async ({ json }: { json?: true }) => {
      const returns = await everyPage<ReturnWithFinding>(api(), '/returns');
      terminal.out(json ? `${JSON.stringify(returns, null, 2)}\n` : returnsText(returns));
    });
  return new Command('returns').description('Returns').addCommand(list);
}

function returnsText(returns: readonly ReturnWithFinding[]): string {
  if (returns.length === 0)
    return 'There are no returns. Enter one, or import them with `jostle import returns`.\n';
  const rows = returns.map(({ id, orderId, damageKind, finding }) => [
    ...[id, orderId, damageKind, finding?.verdict ?? 'not computed', finding?.place],
    typeof finding?.share === 'number' ? `${(100 * finding.share).toFixed(0)} %` : null,
    typeof finding?.dropHeightM === 'number' ? `${finding.dropHeightM.toFixed(2)} m` : null,
  ]);
  return `${textTable(['return', 'order', 'damage', 'verdict', 'place', 'share', 'drop height'], rows)}\n`;
}
