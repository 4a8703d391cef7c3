import { type RestoreReport, textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { type ApiClient, CommandFailure } from './api-client.ts';
import { folderBytes, type Manifest, readManifest } from './backup-folder.ts';
import { progressLine } from './progress-line.ts';
import { type Terminal, wrap } from './terminal.ts';

const GONE =
  'Records that devices sent after the backup and got a receipt for are gone from the devices, too: they cannot come again, and will be reported as LOST. What devices still hold arrives by itself.';

const HELP = `
Everything in the service is replaced, in one transaction: where anything is wrong, nothing changes. The folder is checked
whole before. Nothing is stored while it runs; devices keep what they have.

${GONE}`;

/** `jostle restore DIR` */
export function restoreCommand(api: () => ApiClient, terminal: Terminal): Command {
  return new Command('restore')
    .description('Replace everything that the service holds by a backup')
    .argument('<dir>', 'a folder that `jostle backup` wrote')
    .option('--replace', 'replace what is there without asking')
    .addHelpText('after', HELP)
    .action(async (dir: string, { replace }: { replace?: true }) => {
      const manifest = await readManifest(dir);
      await checkFolder(dir, manifest, terminal);
      const report = await restore(api(), dir, manifest, replace === true, terminal);
      terminal.out(reportText(report, terminal.width));
    });
}

async function checkFolder(dir: string, manifest: Manifest, terminal: Terminal): Promise<void> {
  const progress = progressLine(terminal);
  try {
    for await (const _ of folderBytes(dir, manifest, (table, rows) =>
      progress.show(`checking ${table}`, rows),
    ));
  } finally {
    progress.end();
  }
}

async function restore(
  api: ApiClient,
  dir: string,
  manifest: Manifest,
  isReplacing: boolean,
  terminal: Terminal,
): Promise<RestoreReport> {
  const progress = progressLine(terminal);
  const bytes = folderBytes(dir, manifest, progress.show);
  try {
    return await api
      .upload<RestoreReport>(`/restore?replace=${isReplacing}`, bytes)
      .finally(() => progress.end());
  } catch (error) {
    const isFull = error instanceof CommandFailure && error.code === 'BACKUP_STORE_NOT_EMPTY';
    if (!isFull || terminal.ask === undefined) throw error;
    terminal.err(`${error.message}\n\n${wrap(GONE, terminal.width)}\n\n`);
    const answer = await terminal.ask(
      `Replace everything by the backup of ${manifest.head.createdAt}? Type yes: `,
    );
    if (answer.trim() !== 'yes') throw new CommandFailure('Nothing was changed.');
  }
  return restore(api, dir, manifest, true, terminal);
}

function reportText({ createdAt, tables }: RestoreReport, width: number): string {
  const total = (of: 'before' | 'backup' | 'after') => tables.reduce((sum, table) => sum + table[of], 0);
  return [
    textTable(
      ['table', 'before', 'backup', 'after'],
      [
        ...tables.map(({ table, before, backup, after }) => [table, before, backup, after]),
        ['all', total('before'), total('backup'), total('after')],
      ],
    ),
    '',
    `Everything is as it was at ${createdAt}.`,
    wrap(GONE, width),
    '',
  ].join('\n');
}
