import {
  type QuarantineDiscard,
  type QuarantinedMessage,
  type QuarantineReplay,
  type QuarantineSelection,
  textTable,
} from '@jostle/contracts';
import { Command } from 'commander';
import { type ApiClient, CommandFailure, everyPage } from './api-client.ts';
import type { Terminal } from './terminal.ts';

interface Choice {
  device?: string;
  code?: string;
  json?: true;
}

/** `jostle quarantine list | show | replay | discard` */
export function quarantineCommand(api: () => ApiClient, terminal: Terminal): Command {
  const list = chosen(new Command('list'))
    .description('List refused messages and records, newest first')
    .option('--json', 'print them as JSON, with their raw bytes')
    .action(async (choice: Choice) => {
      const messages = await refused(api(), choice);
      terminal.out(choice.json ? jsonOf(messages) : listText(messages));
    });
  const show = new Command('show')
    .description('Print one with its content')
    .argument('<id>')
    .action(async (id: string) => {
      const message = await api().get<QuarantinedMessage>(`/quarantine/${encodeURIComponent(id)}`);
      terminal.out(messageText(message));
    });
  const replay = chosen(new Command('replay'))
    .description(
      'Read refused messages again, after their cause was mended; those that are stored leave the list',
    )
    .argument('[ids...]')
    .option('--all', 'all that are in quarantine, or those of --device and --code')
    .option('--json', 'print what became of each as JSON')
    .action(async (ids: string[], choice: Choice & { all?: true }) => {
      if ((ids.length === 0) !== (choice.all === true))
        throw new CommandFailure('Name the ids of `jostle quarantine list`, or --all for all of them.');
      const all = choice.all ? (await refused(api(), choice)).map(({ id }) => `${id}`) : ids;
      const { replays, failures } = await replayEach(api(), all, terminal);
      terminal.out(choice.json ? jsonOf(replays) : replayText(replays, failures.length));
      if (failures.length > 0 || replays.some(({ isStored }) => !isStored))
        throw new CommandFailure(failures.join('\n'));
    });
  const discard = chosen(new Command('discard'))
    .description(
      'Delete refused messages for good: what fits the ids, the device and the code that are given',
    )
    .argument('[ids...]')
    .option('--yes', 'delete them without asking')
    .action(async (ids: string[], { device, code, yes }: Choice & { yes?: true }) => {
      const selection: QuarantineSelection = {
        ...(ids.length > 0 && { ids: ids.map(Number) }),
        ...(device !== undefined && { device }),
        ...(code !== undefined && { code }),
      };
      if (Object.keys(selection).length === 0)
        throw new CommandFailure('Name the ids of `jostle quarantine list`, a --device or a --code.');
      if (yes !== true) await confirm(selection, terminal);
      const { discarded } = await api().post<QuarantineDiscard>('/quarantine/discard', selection);
      terminal.out(`${discarded} discarded.\n`);
    });
  const command = new Command('quarantine').description('Messages that were refused');
  return command.addCommand(list).addCommand(show).addCommand(replay).addCommand(discard);
}

function chosen(command: Command): Command {
  return command.option('--device <id>', 'of this device').option('--code <code>', 'refused with this code');
}

function refused(api: ApiClient, { device, code }: Choice): Promise<QuarantinedMessage[]> {
  const query = new URLSearchParams({ ...(device && { device }), ...(code && { code }) });
  return everyPage<QuarantinedMessage>(api, `/quarantine?${query}`);
}

/** What became of rows, and why others have no answer. */
interface Outcomes {
  replays: QuarantineReplay[];
  failures: string[];
}

/** Oldest first, so that the records of a device come in their order. One that fails does not keep the others back. */
async function replayEach(api: ApiClient, ids: readonly string[], terminal: Terminal): Promise<Outcomes> {
  const outcomes: Outcomes = { replays: [], failures: [] };
  const inOrder = [...ids].sort((a, b) => Number(a) - Number(b));
  for (const [i, id] of inOrder.entries()) {
    try {
      outcomes.replays.push(await api.post(`/quarantine/${encodeURIComponent(id)}/replay`));
    } catch (error) {
      if (!(error instanceof CommandFailure)) throw error;
      outcomes.failures.push(`${id}: ${error.message}`);
      // Without a code it is no answer of the service, and the others would have none either.
      if (error.code === undefined) break;
    }
    if (terminal.isInteractive) terminal.err(`\rread again: ${i + 1} of ${ids.length}`);
  }
  if (terminal.isInteractive && ids.length > 0) terminal.err('\n');
  return outcomes;
}

/** @throws CommandFailure where nobody can answer, or the answer is not yes */
async function confirm({ ids, device, code }: QuarantineSelection, terminal: Terminal): Promise<void> {
  const gone = 'What is discarded is gone for good and can never be replayed.';
  if (terminal.ask === undefined) throw new CommandFailure(`${gone} Say --yes where that is meant.`);
  const chosen = [
    ids === undefined ? 'all' : ids.join(', '),
    ...(device === undefined ? [] : [`of device ${device}`]),
    ...(code === undefined ? [] : [`with code ${code}`]),
  ];
  terminal.err(`${gone}\n`);
  const answer = await terminal.ask(`Discard ${chosen.join(' ')}? Type yes: `);
  if (answer.trim() !== 'yes') throw new CommandFailure('Nothing was changed.');
}

function listText(messages: readonly QuarantinedMessage[]): string {
  if (messages.length === 0) return 'Nothing is in quarantine.\n';
  const rows = messages.map(({ id, receivedAt, device, code, reason }) => [
    ...[id, receivedAt, device, code, reason],
  ]);
  return `${textTable(['id', 'received', 'device', 'code', 'reason'], rows)}\n`;
}

function messageText({ raw, ...message }: QuarantinedMessage): string {
  const bytes = Buffer.from(raw, 'base64');
  const lines = Object.entries({ ...message, bytes: bytes.length });
  const head = lines.map(([name, value]) => `${name.padEnd(12)}${value}`).join('\n');
  return `${head}\n\n${contentText(bytes)}\n`;
}

/** Laid out where it is JSON; otherwise as text in which nothing can steer the terminal. */
function contentText(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return JSON.stringify(text);
  }
}

function replayText(replays: readonly QuarantineReplay[], failed: number): string {
  if (replays.length === 0) return failed > 0 ? '' : 'Nothing is in quarantine.\n';
  const rows = replays.map(({ id, isStored, stored, duplicates, reason }) => [
    ...[id, isStored ? 'stored' : 'refused again', stored, duplicates, reason],
  ]);
  const done = replays.filter(({ isStored }) => isStored).length;
  return `${textTable(['id', 'outcome', 'new records', 'known', 'reason'], rows)}\n\n${done} stored, ${replays.length - done} refused again.\n`;
}

function jsonOf(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
