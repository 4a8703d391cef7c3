import { Command, InvalidArgumentError } from 'commander';
import { followAgentAt } from '../field/agent-client.ts';
import { sensingAt } from '../field/calibration-store.ts';
import { frameText, lineText } from '../field/live-text.ts';
import type { GlanceFrame } from '../field/sensor-questions.ts';
import type { FieldStation } from '../field/station.ts';
import { simOption, simulationNotice, stationOf } from './field-station.ts';

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
      const signal = interrupted();
      const isAgentRunning = (await station.askAgent()) !== null;
      const frames = isAgentRunning
        ? followAgentAt(station.config.dataDir, signal)
        : watchedFrames(station, signal);
      const print = (text: string) => command.configureOutput().writeOut?.(text);
      const notice = simulationNotice(station.journey) + (isAgentRunning ? AGENT_NOTICE : '');
      const isTerminal = process.stdout.isTTY;
      if (!isTerminal) print(notice);
      let left = seconds ?? Number.POSITIVE_INFINITY;
      let highestG = 0;
      for await (const { atMs, glances } of frames) {
        for (const glance of glances)
          if (glance.kind === 'shock') highestG = Math.max(highestG, glance.peakG ?? 0);
        const frame = { atMs, glances, highestG };
        print(isTerminal ? CLEAR + notice + frameText(frame) : lineText(frame));
        left -= 1;
        if (left <= 0) break;
      }
      process.exit(0);
    });
}

const AGENT_NOTICE =
  'From the running agent: climate values are up to a quarter of CLIMATE_INTERVAL_MS old.\n\n';

/** Looks at the sensors once a second, until it is interrupted. */
async function* watchedFrames(station: FieldStation, signal: AbortSignal): AsyncGenerator<GlanceFrame> {
  const bus = await station.openBus();
  // Only now, because johnny-five keeps the timers that it finds when it is loaded.
  const { SensorWatch } = await import('../field/sensor-watch.ts');
  const watch = await SensorWatch.open(bus, station.clock, sensingAt(station));
  const isOver = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
  try {
    for (;;) {
      await Promise.race([station.pass(FRAME_MS), isOver]);
      if (signal.aborted) return;
      yield { atMs: station.clock.wallMs(), glances: watch.take() };
    }
  } finally {
    await watch.close();
    await bus.close();
  }
}

function interrupted(): AbortSignal {
  const controller = new AbortController();
  const interrupt = () => controller.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // Whoever read along has gone, as `head` does.
  process.stdout.on('error', interrupt);
  return controller.signal;
}

function parseSeconds(value: string): number {
  const seconds = Number(value);
  if (!Number.isInteger(seconds) || seconds < 1)
    throw new InvalidArgumentError('It is a whole number from 1.');
  return seconds;
}
