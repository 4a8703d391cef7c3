/**
 * The hardware worker of a simulated device: the edge agent's own sensing on a simulated bus, in simulated time.
 * The time is installed before anything that might keep a timer function is loaded.
 */
import { randomUUID } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import type { FromSensing, ToSensing } from '@jostle/edge/sensing';
import { VirtualTime } from '../time/virtual-time.ts';
import type { SimWorkerInput } from './sim-worker-input.ts';

const HEARTBEAT_MS = 2000;

const tell = (message: FromSensing) => parentPort?.postMessage(message);
const input = workerData as SimWorkerInput;

setInterval(() => tell({ type: 'heartbeat' }), HEARTBEAT_MS).unref();
const time = new VirtualTime(input.simFromMs);
// Its monotonic clock begins with it: records of two starts must not be taken for one boot.
tell({ type: 'boot', bootId: randomUUID() });

const { startSensing } = await import('@jostle/edge/sensing');
const { simulatedDevice } = await import('./simulated-device.ts');
const { movePlugs } = await import('./plugs.ts');
const { journeyWorld } = await import('../world/journey-world.ts');
const { withMotion } = await import('../field/field-motions.ts');

const { journey, seed, sensors, motion, zeroOffsetG } = input;
const world = withMotion(journeyWorld(journey, seed), motion, journey.startsAt);
const transport = simulatedDevice(sensors, { world, now: () => time.nowMs() }, seed, zeroOffsetG);
movePlugs(transport, input.plugs ?? []);
const starting = startSensing({ transport, clock: time.clock(), sensors, emit: tell });

parentPort?.on('message', async (message: ToSensing) => {
  if (message.type !== 'stop') {
    (await starting).answer(message);
    return;
  }
  // Time goes on until sensing has stopped: it may be waiting for a chip.
  await (await starting).stop();
  time.stop();
});

await time.run(input.speed);
tell({ type: 'stopped' });
parentPort?.close();
