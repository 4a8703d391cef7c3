import { Command } from 'commander';
import { configCommand } from './config-command.ts';
import { orExitAsync } from './exit-codes.ts';
import { replayCommand } from './replay-command.ts';
import { runCommand } from './run-command.ts';

const program = new Command('jostle-edge')
  .description('The edge agent of Jostle: records shock and climate, and delivers every record')
  .addCommand(runCommand())
  .addCommand(replayCommand())
  .addCommand(configCommand());

await orExitAsync(() => program.parseAsync());
