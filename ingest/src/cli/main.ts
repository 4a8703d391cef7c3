import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { readCliConfig } from './config.ts';
import { runCli } from './program.ts';
import { systemTerminal } from './terminal.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  config: () => readCliConfig((path) => readFileSync(path, 'utf8')),
  terminal: systemTerminal(),
  pause,
});
