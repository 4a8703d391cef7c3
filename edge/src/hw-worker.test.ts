import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import type { HardwareWorkerData } from './hw-worker.ts';
import { DEFAULT_SENSING } from './sensing/sensing-config.ts';

it('tells the agent which bus is missing and ends with 1', async () => {
  const workerData: HardwareWorkerData = { bus: { i2cBus: 253 }, sensors: DEFAULT_SENSING };
  const worker = new Worker(new URL('./hw-worker-entry.js', import.meta.url), { workerData });
  const ended = once(worker, 'exit');
  const [message] = await once(worker, 'message');
  expect(message).toMatchObject({ type: 'failed', code: 'EDGE_SENSOR_ABSENT' });
  expect(message.message).toContain('/dev/i2c-253');
  expect(await ended).toEqual([1]);
});
