import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { IMPORT_KINDS, type ImportKind, type ImportReport, textTable } from '@jostle/contracts';
import { Argument, Command } from 'commander';
import { IMPORT_FIELDS } from '../imports/import-fields.ts';
import { type ApiClient, CommandFailure } from './api-client.ts';
import { importText } from './import-text.ts';
import type { Terminal } from './terminal.ts';

/** How often a running import is asked how far it is. */
const POLL_MS = 200;

interface ImportOptions {
  map?: string;
  partial?: true;
  json?: true;
}

/** `jostle import KIND FILE` */
export function importCommand(
  api: () => ApiClient,
  terminal: Terminal,
  pause: (ms: number) => Promise<unknown>,
): Command {
  const command = new Command('import').description('Import a CSV file, which may be gzipped (.gz)');
  for (const kind of IMPORT_KINDS)
    command
      .command(kind)
      .description(`Import ${kind}`)
      .addArgument(new Argument('<file>', 'CSV file in UTF-8 with a header line'))
      .option('--map <file>', 'JSON file that says which column is which field')
      .option('--partial', 'write what is good even where rows are refused')
      .option('--json', 'print the report as JSON')
      .addHelpText('after', `\nColumns without --map:\n${columnsOf(kind)}`)
      .action(async (file: string, options: ImportOptions) => {
        const report = await runImport(api(), kind, file, options, terminal, pause);
        terminal.out(
          options.json ? `${JSON.stringify(report, null, 2)}\n` : importText(basename(file), report),
        );
        if (report.state === 'refused') throw new CommandFailure('');
      });
  return command;
}

async function runImport(
  api: ApiClient,
  kind: ImportKind,
  file: string,
  { map, partial }: ImportOptions,
  terminal: Terminal,
  pause: (ms: number) => Promise<unknown>,
): Promise<ImportReport> {
  const form = new FormData();
  if (map !== undefined) form.set('mapping', (await contentOf(map)).toString('utf8'));
  const content = await contentOf(file);
  const csv = file.endsWith('.gz') ? await promisify(gunzip)(content) : content;
  form.set('file', new Blob([new Uint8Array(csv)], { type: 'text/csv' }), basename(file));
  let report = await api.post<ImportReport>(`/imports/${kind}?partial=${partial === true}`, form);
  while (report.state === 'running') {
    if (terminal.isInteractive) terminal.err(`\r${progressLine(report)}`);
    await pause(POLL_MS);
    report = await api.get<ImportReport>(`/imports/${report.id}`);
  }
  if (terminal.isInteractive) terminal.err(`\r${progressLine(report)}\n`);
  return report;
}

function progressLine({ bytes, bytesRead, rows }: ImportReport): string {
  const percent = bytes === 0 ? 100 : Math.floor((100 * bytesRead) / bytes);
  return `${String(percent).padStart(3)} % read, ${rows} rows`;
}

async function contentOf(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new CommandFailure(`${file} cannot be read: ${error instanceof Error ? error.message : error}`);
  }
}

function columnsOf(kind: ImportKind): string {
  return textTable(
    ['column', 'required', 'meaning'],
    Object.entries(IMPORT_FIELDS[kind]).map(([name, field]) => [
      name,
      field.isRequired ? 'yes' : '',
      field.about,
    ]),
  );
}
