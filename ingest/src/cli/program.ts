import { isJostleError } from '@jostle/contracts';
import { Command, CommanderError } from 'commander';
import { alertsCommand } from './alerts-command.ts';
import { apiClient, CommandFailure } from './api-client.ts';
import { completenessCommand } from './completeness-command.ts';
import type { CliConfig } from './config.ts';
import { importCommand } from './import-command.ts';
import { findingCommand, returnsCommand } from './list-commands.ts';
import { quarantineCommand } from './quarantine-command.ts';
import type { Terminal } from './terminal.ts';

/** The exit code of a wrong configuration (sysexits.h, EX_CONFIG). */
const EXIT_CONFIG = 78;

export interface CliParts {
  /** Asked for only when a command needs the service. */
  config: () => CliConfig;
  terminal: Terminal;
  pause: (ms: number) => Promise<unknown>;
}

/**
 * Runs one command of the desk's tool.
 *
 * @param args without the names of the interpreter and the script
 * @returns the exit code: 0, 1 where it failed or an import was refused, 78 for a wrong configuration
 */
export async function runCli(
  args: readonly string[],
  { config, terminal, pause }: CliParts,
): Promise<number> {
  const api = () => apiClient(config());
  const program = new Command('jostle')
    .description('The desk: import orders, shipments and returns, and read findings')
    .addHelpText('after', '\nJOSTLE_URL names the service, JOSTLE_API_KEY (or JOSTLE_API_KEY_FILE) its key.')
    .addCommand(importCommand(api, terminal, pause))
    .addCommand(findingCommand(api, terminal))
    .addCommand(returnsCommand(api, terminal))
    .addCommand(quarantineCommand(api, terminal))
    .addCommand(completenessCommand(api, terminal))
    .addCommand(alertsCommand(api, terminal));
  for (const command of [program, ...descendants(program)])
    command.exitOverride().configureOutput({ writeOut: terminal.out, writeErr: terminal.err });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (isJostleError(error, 'CONFIG_INVALID')) {
      terminal.err(`${error.message}\n`);
      return EXIT_CONFIG;
    }
    if (!(error instanceof CommandFailure)) throw error;
    if (error.message !== '') terminal.err(`${error.message}\n`);
    return 1;
  }
}

function descendants(command: Command): Command[] {
  return command.commands.flatMap((child) => [child, ...descendants(child)]);
}
