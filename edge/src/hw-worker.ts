import { parentPort, workerData } from 'node:worker_threads';
import { isJostleError, JostleError } from '@jostle/contracts';
import { SystemClock } from './clock/clock.ts';
import { openSensorBus, type SensorBus } from './io/sensor-bus.ts';
import {
  type FromSensing,
  GpioLine,
  type SensingConfig,
  startSensing,
  type ToSensing,
} from './sensing/index.ts';

/** What the agent starts this worker with. */
export interface HardwareWorkerData {
  bus: SensorBus;
  sensors: SensingConfig;
}

/** Several of these fit into the silence after which the agent takes a worker for hung. */
const HEARTBEAT_EVERY_MS = 2000;

const port = parentPort;
if (port === null)
  throw new JostleError('INTERNAL', 'This file is started by the agent, as a worker thread.');
const send = (message: FromSensing): void => port.postMessage(message);

try {
  const { bus, sensors } = workerData as HardwareWorkerData;
  const transport = await openSensorBus(bus);
  const line = sensors.shock?.interruptLine;
  const sensing = await startSensing({
    transport,
    clock: new SystemClock(),
    sensors,
    ...(line !== undefined && { interrupt: new GpioLine(line) }),
    emit: send,
  });

  // Through the bus queue: a transaction that hangs must stop the heartbeat.
  setInterval(() => void sensing.busTurn().then(() => send({ type: 'heartbeat' })), HEARTBEAT_EVERY_MS);

  port.on('message', async (message: ToSensing) => {
    if (message.type !== 'stop') {
      sensing.answer(message);
      return;
    }
    await sensing.stop();
    await transport.close();
    send({ type: 'stopped' });
    // johnny-five's own timers cannot be cleared and would keep the thread alive.
    process.exit(0);
  });
} catch (error) {
  const code = isJostleError(error) ? error.code : 'INTERNAL';
  send({ type: 'failed', code, message: error instanceof Error ? error.message : String(error) });
  // A bus that is open would keep the thread alive.
  process.exit(1);
}
