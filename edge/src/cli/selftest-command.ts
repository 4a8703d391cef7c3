import { Command } from 'commander';
import { EXIT_CODES, overallVerdict } from '../field/check-result.ts';
import { doctorText } from '../field/doctor-text.ts';
import { selfTestSensors } from '../field/self-test-run.ts';
import { assertBusIsFree, simOption, simulationNotice, stationOf } from './field-station.ts';

/** `selftest`: every configured sensor proves itself. */
export function selftestCommand(): Command {
  return new Command('selftest')
    .description('let every configured sensor test itself; exits with 0 ok, 1 fail, 2 warn')
    .option('--json', 'print the checks as JSON')
    .addOption(simOption())
    .action(async ({ json, sim }: { json?: true; sim?: string }, command: Command) => {
      const station = await stationOf(sim, 'fast');
      await assertBusIsFree(station);
      const results = await selfTestSensors(station);
      const verdict = overallVerdict(results);
      const text = json
        ? `${JSON.stringify({ verdict, journey: station.journey, checks: results }, null, 2)}\n`
        : simulationNotice(station.journey) + doctorText(results);
      command.configureOutput().writeOut?.(text);
      // johnny-five's timers would keep the process alive.
      process.exit(EXIT_CODES[verdict]);
    });
}
