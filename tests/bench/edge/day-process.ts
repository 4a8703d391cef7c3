/** The real agent in a process of its own, fed with records; tells its parent how much it wrote to the disk. */
import { readFileSync } from 'node:fs';
import { readConfig } from '@jostle/contracts';
import { AgentConfig, runAgent } from '@jostle/edge/agent';
import type { FromSensing } from '@jostle/edge/sensing';
import { pino } from 'pino';

export interface DayInput {
  /** The agent's environment. */
  env: Record<string, string>;
  batches: FromSensing[];
  repetitions: number;
  lengthMs: number;
}
export interface DayOutput {
  writtenBytes: number;
}

/** Long enough for the receipt of one message to come before the next message, as it does in a real minute, ms. */
const PACE_MS = 40;
const LOOK_EVERY_MS = 50;

process.once('message', ({ env, batches, repetitions, lengthMs }: DayInput) => {
  const isDone = new Int32Array(new SharedArrayBuffer(4));
  const writtenBefore = writtenBytes();
  const agent = runAgent({
    config: readConfig(AgentConfig, env, () => ''),
    workerUrl: new URL('./feed-worker.js', import.meta.url),
    workerData: () => ({ batches, repetitions, lengthMs, paceMs: PACE_MS, isDone }),
    log: pino({ level: 'silent' }),
  });
  const looking = setInterval(() => {
    if (Atomics.load(isDone, 0) === 0 || agent.status().backlog > 0) return;
    clearInterval(looking);
    const output: DayOutput = { writtenBytes: writtenBytes() - writtenBefore };
    void agent.stop().then(() => process.send?.(output, () => process.exit(0)));
  }, LOOK_EVERY_MS);
});

/** What this process caused to be sent to the storage layer (proc(5), /proc/PID/io, write_bytes). */
function writtenBytes(): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);
}
