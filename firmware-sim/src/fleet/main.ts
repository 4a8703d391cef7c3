/** `npm run fleet`: many simulated devices in one process. */
import { isJostleError } from '@jostle/contracts';
import { pino } from 'pino';
import { ApiClient } from '../demo/api-client.ts';
import { EXIT_CONFIG } from '../demo/child-process.ts';
import { readFleetConfig } from './config.ts';
import { runFleet } from './fleet.ts';
import { FLEET_HELP, type FleetOptions, readFleetCommand } from './fleet-options.ts';
import { idOf, rosterOf } from './fleet-roster.ts';
import { progressLine, summaryTable } from './fleet-text.ts';

/** On a terminal the progress is one line; in a file, a line now and then. */
const LINE_EVERY_MS = process.stdout.isTTY ? 0 : 10_000;

const stopping = new AbortController();
const stop = () => stopping.abort();
process.on('SIGINT', stop);
process.on('SIGTERM', stop);
process.on('disconnect', stop);

/** Resolves with the status to exit with: 1 where records wait without a receipt. */
async function run(options: FleetOptions): Promise<number> {
  const { apiKey, logLevel } = readFleetConfig();
  const roster = rosterOf(options, Date.now());
  if (options.apiUrl !== undefined) {
    const api = new ApiClient(options.apiUrl, apiKey, stopping.signal);
    for (const { id } of roster.devices) await api.create('/devices', { id, name: `Fleet ${id}` });
  }
  const log = pino({ level: logLevel === 'info' ? 'warn' : logLevel, base: { part: 'fleet' } });
  let lineAt = performance.now();
  const report = await runFleet({
    roster,
    options,
    log,
    signal: stopping.signal,
    progress: (now) => {
      if (performance.now() < lineAt) return;
      lineAt = performance.now() + LINE_EVERY_MS;
      process.stdout.write(process.stdout.isTTY ? `\r\x1b[2K${progressLine(now)}` : `${progressLine(now)}\n`);
    },
  });
  console.log(`${process.stdout.isTTY ? '\n' : ''}${summaryTable(report)}`);
  process.send?.({ type: 'report', report });
  return report.waiting > 0 ? 1 : 0;
}

try {
  const command = readFleetCommand(process.argv.slice(2));
  if (command.kind === 'help') console.log(FLEET_HELP);
  else if (command.kind === 'list')
    console.log(
      Array.from(
        { length: command.options.devices },
        (_, n) => `device:${idOf(command.options.prefix, n)}`,
      ).join('\n'),
    );
  else process.exitCode = await run(command.options);
  process.exit();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(isJostleError(error, 'CONFIG_INVALID') ? EXIT_CONFIG : 1);
}
