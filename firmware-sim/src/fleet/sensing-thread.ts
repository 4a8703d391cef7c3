/**
 * The sensing of a part of the fleet: each device has its own bus, chips, johnny-five board and shock recorder; the
 * thread and its simulated time they share. The time is installed before anything that might keep a timer function is
 * loaded.
 */
import { parentPort, workerData } from 'node:worker_threads';
import type { FromSensing, Sensing, SensingConfig } from '@jostle/edge/sensing';
import { VirtualTime } from '../time/virtual-time.ts';
import type { FleetDevice } from './fleet-roster.ts';

export interface SensingThreadInput {
  devices: FleetDevice[];
  simFromMs: number;
  simUntilMs: number;
  speed: number;
  sensors: SensingConfig;
}

/** `n` counts the devices of this thread. */
export type FromSensingThread =
  | { type: 'device'; n: number; message: FromSensing }
  | { type: 'progress'; simMs: number }
  /** The last message: everything that was measured has been sent. */
  | { type: 'ended'; simMs: number };

/** Told by the real clock, which the simulated one does not replace in timers made before it. */
const PROGRESS_MS = 500;
/** Simulated time in which a device can finish what it is at. */
const STOP_MS = 2000;

const tell = (message: FromSensingThread) => parentPort?.postMessage(message);
const { devices, simFromMs, simUntilMs, speed, sensors } = workerData as SensingThreadInput;

const progress = setInterval(() => tell({ type: 'progress', simMs: time.nowMs() }), PROGRESS_MS);
const endProgress = clearInterval.bind(undefined, progress);
const time = new VirtualTime(simFromMs);

const { startSensing } = await import('@jostle/edge/sensing');
const { simulatedDevice } = await import('../device/simulated-device.ts');
const { journeyWorld } = await import('../world/journey-world.ts');

/** Only devices that have been switched on; each resolves when its sensors have been looked for. */
const started: Promise<Sensing>[] = [];
/** Set by the parent. */
let isEnding = false;
parentPort?.on('message', () => {
  isEnding = true;
});

devices.forEach(({ seed, journey, onAt }, n) => {
  setTimeout(() => {
    if (isEnding) return;
    const surroundings = { world: journeyWorld(journey, seed), now: () => time.nowMs() };
    const transport = simulatedDevice(sensors, surroundings, seed);
    const emit = (message: FromSensing) => tell({ type: 'device', n, message });
    started.push(startSensing({ transport, clock: time.clock(), sensors, emit }));
  }, onAt - simFromMs);
});

// In steps, so that a request to end is heard.
for (let untilMs = simFromMs; untilMs < simUntilMs && !isEnding; ) {
  untilMs = Math.min(simUntilMs, untilMs + STOP_MS);
  await time.run(speed, untilMs);
}
const stopping = Promise.all(started.map(async (sensing) => (await sensing).stop()));
await time.runUntil(time.nowMs() + STOP_MS);
await stopping;
endProgress();
tell({ type: 'ended', simMs: time.nowMs() });
parentPort?.close();
