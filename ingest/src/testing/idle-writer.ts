import { setImmediate } from 'node:timers/promises';
import { ManualClock } from '@jostle/contracts';
import { pino } from 'pino';
import type { Store } from '../store/store.ts';
import type { TelemetryStore } from '../telemetry/telemetry-store.ts';
import { TelemetryWriter } from '../telemetry/telemetry-writer.ts';
import { START_MS } from './records.ts';

/** What the writer waits for when the inbox has nothing new, ms. */
const POLL_MS = 1000;

/** A writer that waits for no back-off, with the back-offs that it asked for. */
export function startWriter(store: Store, telemetry: TelemetryStore) {
  const pauses: number[] = [];
  const logged: { level: string; msg: string }[] = [];
  let becomeIdle = () => {};
  const idle = () =>
    new Promise<void>((resolve) => {
      becomeIdle = resolve;
    });
  const firstIdle = idle();
  const writer = new TelemetryWriter({
    store,
    telemetry,
    clock: new ManualClock(START_MS),
    random: () => 0.5,
    log: pino(
      { base: null, formatters: { level: (level) => ({ level }) } },
      { write: (line: string) => logged.push(JSON.parse(line)) },
    ),
    pause: async (ms, signal) => {
      if (ms !== POLL_MS) {
        pauses.push(ms);
        await setImmediate();
        return;
      }
      becomeIdle();
      if (!signal.aborted)
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
  });
  return {
    writer,
    pauses,
    logged,
    /** Resolves when the inbox was carried for the first time. */
    firstIdle,
    /** Looks at the inbox again, and resolves when it is carried. */
    async nudge() {
      const next = idle();
      writer.nudge();
      await next;
    },
  };
}
