import { configKeys, textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { AgentConfig, readAgentConfig, readSimulatedConfig } from '../config.ts';
import { withoutCredentials } from '../field/redaction.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import { orExit } from './exit-codes.ts';
import { knownJourney, simOption } from './field-station.ts';

/** `config validate`: every key with its value, secrets hidden; or every problem at once and exit code 78. */
export function configCommand(): Command {
  const validate = new Command('validate')
    .description('Check the configuration in the environment and print it')
    .addOption(simOption())
    .action(async ({ sim }: { sim?: string }) => {
      const config =
        sim === undefined
          ? orExit(readAgentConfig)
          : readSimulatedConfig(knownJourney(await loadSimulator(), sim));
      console.log(configTable(config));
    });
  return new Command('config').description('Configuration of the agent').addCommand(validate);
}

/** The keys as a table. */
export function configTable(config: AgentConfig): string {
  const values: Record<string, unknown> = config;
  const rows = configKeys(AgentConfig).map(([key, { env, title, secret }]) => {
    const value = values[key];
    if (value === undefined) return [env, 'unset', title];
    return [env, secret ? '(hidden)' : withoutCredentials(String(value)), title];
  });
  return textTable(['variable', 'value', 'meaning'], rows);
}
