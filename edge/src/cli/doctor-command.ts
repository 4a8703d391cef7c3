import { isJostleError } from '@jostle/contracts';
import { Command } from 'commander';
import { type CheckResult, EXIT_CODES, fail, overallVerdict } from '../field/check-result.ts';
import { examine } from '../field/doctor.ts';
import { doctorText } from '../field/doctor-text.ts';
import type { FieldStation } from '../field/station.ts';
import { simOption, simulationNotice, stationOf } from './field-station.ts';

/** `doctor`: everything that can be wrong with this device, and what to do about it. */
export function doctorCommand(): Command {
  return new Command('doctor')
    .description('check this device from its configuration to its sensors; exits with 0 ok, 1 fail, 2 warn')
    .option('--json', 'print the checks as JSON')
    .addOption(simOption())
    .action(async ({ json, sim }: { json?: true; sim?: string }, command: Command) => {
      const station = await stationOrProblems(sim);
      const results = Array.isArray(station) ? station : await examine(station);
      const verdict = overallVerdict(results);
      const isAgentAsked = results.some(({ check, verdict: told }) => check === 'agent' && told === 'ok');
      const notice = Array.isArray(station) ? '' : simulationNotice(station.journey, isAgentAsked);
      const text = json
        ? `${JSON.stringify({ verdict, journey: sim ?? null, checks: results }, null, 2)}\n`
        : notice + doctorText(results);
      command.configureOutput().writeOut?.(text);
      // johnny-five's timers would keep the process alive.
      process.exit(EXIT_CODES[verdict]);
    });
}

/** A configuration that cannot be used is a finding like any other, and the last one. */
async function stationOrProblems(sim: string | undefined): Promise<FieldStation | CheckResult[]> {
  try {
    return await stationOf(sim, 'fast');
  } catch (error) {
    if (sim !== undefined || !isJostleError(error, 'CONFIG_INVALID')) throw error;
    return error.message
      .split('\n')
      .map((line) =>
        fail('configuration', line, 'Correct it; `jostle-edge config validate` shows all keys.'),
      );
  }
}
