import { Command } from 'commander';
import { calibrateCommand } from './calibrate-command.ts';
import { configCommand } from './config-command.ts';
import { doctorCommand } from './doctor-command.ts';
import { orExitAsync } from './exit-codes.ts';
import { i2cCommand } from './i2c-command.ts';
import { liveCommand } from './live-command.ts';
import { replayCommand } from './replay-command.ts';
import { runCommand } from './run-command.ts';
import { selftestCommand } from './selftest-command.ts';
import { statusCommand } from './status-command.ts';
import { supportBundleCommand } from './support-bundle-command.ts';
import { tapTestCommand } from './tap-test-command.ts';

const program = new Command('jostle-edge')
  .description('The edge agent of Jostle: records shock and climate, and delivers every record')
  .addCommand(runCommand())
  .addCommand(doctorCommand())
  .addCommand(statusCommand())
  .addCommand(liveCommand())
  .addCommand(i2cCommand())
  .addCommand(calibrateCommand())
  .addCommand(tapTestCommand())
  .addCommand(selftestCommand())
  .addCommand(replayCommand())
  .addCommand(configCommand())
  .addCommand(supportBundleCommand());

await orExitAsync(() => program.parseAsync());
