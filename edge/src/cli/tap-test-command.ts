import { JostleError } from '@jostle/contracts';
import { Command, InvalidArgumentError } from 'commander';
import { sensingAt } from '../field/calibration-store.ts';
import type { FieldStation } from '../field/station.ts';
import { tapText } from '../field/tap-text.ts';
import { type NoTap, TAP_FROM_G, type Tap, TapWatch } from '../field/tap-watch.ts';
import { assertBusIsFree, simOption, simulationNotice, stationOf } from './field-station.ts';

interface TapTestOptions {
  taps: number;
  json?: true;
  sim?: string;
}

/** `tap-test`: shows what the recorder makes of a knock. */
export function tapTestCommand(): Command {
  return new Command('tap-test')
    .description(
      'wait for taps and print peak, duration and velocity change; exits with 1 when none comes in 30 s',
    )
    .option('--taps <n>', 'end after so many', parseTaps, 3)
    .option('--json', 'print the taps as JSON')
    .addOption(simOption())
    .action(async ({ taps, json, sim }: TapTestOptions, command: Command) => {
      const station = await stationOf(sim, 'real');
      await assertBusIsFree(station);
      const print = (text: string) => command.configureOutput().writeOut?.(text);
      if (!json)
        print(
          `${simulationNotice(station.journey)}Tap the box near the recorder. A tap counts from ${TAP_FROM_G} g.\n\n`,
        );
      const seen: Tap[] = [];
      const end = await watchTaps(station, taps, (tap) => {
        seen.push(tap);
        if (!json) print(tapText(seen.length, tap));
      });
      if (json) print(`${JSON.stringify({ taps: seen, end }, null, 2)}\n`);
      else if (end !== null) print(`\nFAIL  ${end.found}\n      → ${end.fix}\n`);
      process.exit(end === null ? 0 : 1);
    });
}

/** Tells each tap as it comes; resolves with null after the last, or with why there was none. */
async function watchTaps(
  station: FieldStation,
  taps: number,
  tell: (tap: Tap) => void,
): Promise<NoTap | null> {
  const { shock } = sensingAt(station);
  if (shock === null)
    throw new JostleError('EDGE_SENSOR_ABSENT', 'No shock recorder is configured: set SHOCK_CHIP.');
  const bus = await station.openBus();
  const watch = new TapWatch(bus, station.clock, shock);
  try {
    for (let count = 0; count < taps; count++) {
      const tap = await watch.next(station.pass);
      if (tap.kind === 'none') return tap;
      tell(tap);
    }
    return null;
  } finally {
    await watch.close();
    await bus.close();
  }
}

function parseTaps(value: string): number {
  const taps = Number(value);
  if (Number.isInteger(taps) && taps >= 1 && taps <= 100) return taps;
  throw new InvalidArgumentError('It is a whole number from 1 to 100.');
}
