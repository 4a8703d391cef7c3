/** The agent's own sensing on simulated chips, under a wall clock that is set again and again. */
import { writeFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { MINUTE_MS, type RecordDraft } from '@jostle/contracts';
import type { FromSensing } from '@jostle/edge/sensing';
import { Adxl375, journeyWorld, Sht31, SimulatedBus, VirtualTime } from '@jostle/firmware-sim';

/** What it has measured goes into this file, when all of it has been handed over. */
const { reportFile } = workerData as { reportFile: string };
const drafts: RecordDraft[] = [];
const tell = (message: FromSensing) => {
  if (message.type === 'records') drafts.push(...message.drafts);
  parentPort?.postMessage(message);
};
setInterval(() => tell({ type: 'heartbeat' }), 1000).unref();
tell({ type: 'boot', bootId: '5eb1f0c2-0d5e-4a57-9c1b-0a1b2c3d4e5f' });

// Before anything that keeps a timer function is loaded.
const { JOURNEY_START_MS } = workerData as { JOURNEY_START_MS: number };
const time = new VirtualTime(JOURNEY_START_MS);
const { startSensing } = await import('@jostle/edge/sensing');
const { JOURNEY, JOURNEY_MINUTES, SENSORS, steppingClock } = await import('./stepping-journey.ts');

const surroundings = { world: journeyWorld(JOURNEY, 1), now: () => time.nowMs() };
const bus = new SimulatedBus(1);
bus.attach(0x53, new Adxl375(surroundings, { noiseSeed: 1 }));
bus.attach(0x44, new Sht31(surroundings));
const clock = steppingClock(() => time.nowMs());
const starting = startSensing({ transport: bus, clock, sensors: SENSORS, emit: tell });
await time.runUntil(JOURNEY_START_MS + JOURNEY_MINUTES * MINUTE_MS);
const stopping = (await starting).stop();
await time.runUntil(time.nowMs() + 1000);
await stopping;
writeFileSync(reportFile, JSON.stringify(drafts));

parentPort?.on('message', () => {
  tell({ type: 'stopped' });
  parentPort?.close();
});
