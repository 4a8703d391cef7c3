/** An edge process of a drill: the real agents of its devices, under a load of numbered records. */
import { pino } from 'pino';
import type { EdgeInput, FromEdge, ToEdge } from './edge-messages.ts';
import { NumberedDevice } from './numbered-device.ts';

/** How often records are made, and how often it is told how things stand, ms. */
const MAKE_MS = 40;
const TALLY_MS = 100;

const input = JSON.parse(process.argv[2] ?? '') as EdgeInput;
const log = pino({ level: 'info', base: { part: 'edge' } });
const devices = input.devices.map((device) => new NumberedDevice(device, input, log));

let { load } = input;
process.on('message', (message: ToEdge) => {
  load = message.load;
});

let madeAt = performance.now();
const making = setInterval(() => {
  const now = performance.now();
  // Less than a record is left to become one.
  if (load.perSecond > 0 && (now - madeAt) * load.perSecond < 1000) return;
  for (const device of devices) device.make(load, now - madeAt);
  madeAt = now;
}, MAKE_MS);

const tell = (message: FromEdge) => process.send?.(message);
const telling = setInterval(
  () => tell({ type: 'tally', load, devices: devices.map((device) => device.tally()) }),
  TALLY_MS,
);

const stop = async () => {
  clearInterval(making);
  clearInterval(telling);
  await Promise.all(devices.map((device) => device.stop()));
  process.exit(0);
};
process.once('SIGTERM', () => void stop());
// Whoever supervises it has died.
process.once('disconnect', () => void stop());
tell({ type: 'ready' });
