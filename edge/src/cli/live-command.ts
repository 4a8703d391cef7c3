import { Command, InvalidArgumentError } from 'commander';
import { sensingAt } from '../field/calibration-store.ts';
import { frameText, type LiveFrame, lineText } from '../field/live-text.ts';
import type { SensorWatch } from '../field/sensor-watch.ts';
import type { FieldStation } from '../field/station.ts';
import { assertBusIsFree, simOption, simulationNotice, stationOf } from './field-station.ts';

const FRAME_MS = 1000;
/** Back to the top left, and everything below is gone (ECMA-48, CUP and ED). */
const CLEAR = '\u001b[H\u001b[2J';

/** `live`: what the sensors read, once a second. */
export function liveCommand(): Command {
  return new Command('live')
    .description('show what the sensors read, once a second, until Ctrl-C')
    .option('--seconds <n>', 'end by itself after so many seconds', parseSeconds)
    .addOption(simOption())
    .action(async ({ seconds, sim }: { seconds?: number; sim?: string }, command: Command) => {
      const station = await stationOf(sim, 'real');
      await assertBusIsFree(station);
      const bus = await station.openBus();
      // Only now, because johnny-five keeps the timers that it finds when it is loaded.
      const { SensorWatch } = await import('../field/sensor-watch.ts');
      const watch = await SensorWatch.open(bus, station.clock, sensingAt(station));
      const print = (text: string) => command.configureOutput().writeOut?.(text);
      const notice = simulationNotice(station.journey);
      const isTerminal = process.stdout.isTTY;
      if (!isTerminal) print(notice);
      await showSeconds(watch, station, seconds ?? Number.POSITIVE_INFINITY, (frame) =>
        print(isTerminal ? CLEAR + notice + frameText(frame) : lineText(frame)),
      );
      await watch.close();
      await bus.close();
      process.exit(0);
    });
}

/** Looks at the sensors once a second; resolves after the last second, or at once when it is interrupted. */
async function showSeconds(
  watch: SensorWatch,
  station: FieldStation,
  seconds: number,
  show: (frame: LiveFrame) => void,
): Promise<void> {
  let isInterrupted = false;
  const interrupted = new Promise<void>((resolve) => {
    const interrupt = () => {
      isInterrupted = true;
      resolve();
    };
    process.once('SIGINT', interrupt);
    process.once('SIGTERM', interrupt);
    // Whoever read along has gone, as `head` does.
    process.stdout.on('error', interrupt);
  });
  let highestG = 0;
  for (let shown = 0; shown < seconds; shown++) {
    await Promise.race([station.pass(FRAME_MS), interrupted]);
    if (isInterrupted) return;
    const glances = watch.take();
    for (const glance of glances)
      if (glance.kind === 'shock') highestG = Math.max(highestG, glance.peakG ?? 0);
    show({ atMs: station.clock.wallMs(), glances, highestG });
  }
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new InvalidArgumentError('It is a whole number from 1.');
  return seconds;
}
