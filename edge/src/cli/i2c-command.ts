import { Command } from 'commander';
import { expectedChips } from '../field/bus-checks.ts';
import { scanText } from '../field/scan-text.ts';
import { scanOf } from '../field/station-scan.ts';
import { sensingOf } from '../sensing-settings.ts';
import { simOption, simulationNotice, stationOf } from './field-station.ts';

/** `i2c scan`: who is on the bus. Exits with 0, whoever is. */
export function i2cCommand(): Command {
  const scan = new Command('scan')
    .description('show which chip answers at which address, asked by id and without changing anything')
    .addOption(simOption())
    .action(async ({ sim }: { sim?: string }, command: Command) => {
      const station = await stationOf(sim, 'fast');
      const text = scanText(await scanOf(station), expectedChips(sensingOf(station.config)));
      command.configureOutput().writeOut?.(simulationNotice(station.journey) + text);
      process.exit(0);
    });
  return new Command('i2c').description('The bus of the sensors').addCommand(scan);
}
