/**
 * Lives through a stretch of a journey in simulated time with the agent's own sensing at its default settings, as
 * fast as the machine can, and sends its parent what the hardware worker would have sent the agent.
 */
import { readConfig } from '@jostle/contracts';
import type { FromSensing } from '@jostle/edge/sensing';
import { Adxl375, Bme280, journeyWorld, Sht31, SimulatedBus, VirtualTime } from '@jostle/firmware-sim';
import { type JourneyName, stretchOf } from './measured-journey.ts';

const [, , name = 'quiet', length = '0', seed = '0'] = process.argv;
const lengthMs = Number(length);
const startMs = Date.UTC(2026, 0, 15);
const time = new VirtualTime(startMs);
// Only now: what keeps a timer function must find the simulated ones.
const { AgentConfig, sensingOf } = await import('@jostle/edge/agent');
const { startSensing } = await import('@jostle/edge/sensing');

const sensors = sensingOf(readConfig(AgentConfig, { DEVICE_ID: 'BENCH-1' }, () => ''));
const journey = stretchOf(name as JourneyName, startMs, lengthMs);
const surroundings = { world: journeyWorld(journey, Number(seed)), now: () => time.nowMs() };
const bus = new SimulatedBus();
bus.attach(0x53, new Adxl375(surroundings, { noiseSeed: Number(seed) }));
bus.attach(0x44, new Sht31(surroundings));
bus.attach(0x76, new Bme280(surroundings));
const messages: FromSensing[] = [];
void startSensing({
  transport: bus,
  clock: time.clock(),
  sensors,
  emit: (message) => messages.push(message),
});
await time.runUntil(startMs + lengthMs);
process.send?.(
  messages.filter((message) => message.type === 'records'),
  () => process.exit(0),
);
