import { Command } from 'commander';
import { askScanAt } from '../field/agent-client.ts';
import { expectedChips } from '../field/bus-checks.ts';
import { type ScannedAddress, scanBus } from '../field/bus-scan.ts';
import { scanText } from '../field/scan-text.ts';
import type { FieldStation } from '../field/station.ts';
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

/** The agent scans where one is running: two users of one bus disturb each other. */
export async function scanOf(station: FieldStation): Promise<ScannedAddress[]> {
  if ((await station.askAgent()) !== null) return askScanAt(station.config.dataDir);
  const bus = await station.openBus();
  const scanned = await scanBus(bus);
  await bus.close();
  return scanned;
}
