import { textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { readBackup } from '../backup/backup-reader.ts';
import type { ApiClient } from './api-client.ts';
import { claimFolder, type Manifest, writeFolder } from './backup-folder.ts';
import { progressLine } from './progress-line.ts';
import { type Terminal, wrap } from './terminal.ts';

const HELP = `
The service goes on meanwhile; the backup is of one moment. It is the same on SQLite and on PostgreSQL, so that it also
moves a service from one to the other. InfluxDB is not in it: curves are written again from the inbox.

It holds everything that the service holds. Only you can read the folder; keep copies of it as safe.
Without manifest.json, which is written last, a folder is not a backup.`;

/** `jostle backup DIR` */
export function backupCommand(api: () => ApiClient, terminal: Terminal): Command {
  return new Command('backup')
    .description('Write everything that the service holds into a new folder')
    .argument('<dir>', 'does not exist yet, or is empty')
    .addHelpText('after', HELP)
    .action(async (dir: string) => {
      await claimFolder(dir);
      const progress = progressLine(terminal);
      const parts = readBackup(await api().download('/backup'));
      const manifest = await writeFolder(dir, parts, progress.show).finally(progress.end);
      terminal.out(backupText(dir, manifest, terminal.width));
    });
}

function backupText(dir: string, { head, tables }: Manifest, width: number): string {
  const entries = Object.entries(tables);
  const rows = entries.reduce((sum, [, table]) => sum + table.rows, 0);
  return [
    textTable(
      ['table', 'rows', 'bytes'],
      entries.map(([name, table]) => [name, table.rows, table.bytes]),
    ),
    '',
    wrap(`${rows} rows as of ${head.createdAt} are in ${dir}. It holds everything: keep it as safe.`, width),
    '',
  ].join('\n');
}
