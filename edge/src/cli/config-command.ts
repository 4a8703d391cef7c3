import { configKeys, textTable } from '@jostle/contracts';
import { Command } from 'commander';
import { AgentConfig, readAgentConfig } from '../config.ts';
import { orExit } from './exit-codes.ts';

/** `config validate`: every key with its value, secrets hidden; or every problem at once and exit code 78. */
export function configCommand(): Command {
  const validate = new Command('validate')
    .description('Check the configuration in the environment and print it')
    .action(() => {
      const config = orExit(readAgentConfig);
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
    return [env, secret ? '(hidden)' : String(value), title];
  });
  return textTable(['variable', 'value', 'meaning'], rows);
}
