/**
 * The simulated chips of the measured agent without the agent: the same simulated time and the same bus transactions,
 * and nothing done with what they give. What this process costs is the simulation's part of the other's cost.
 */
import { Adxl375, journeyWorld, Sht31, SimulatedBus, VirtualTime } from '@jostle/firmware-sim';
import { journeyFrom } from './measured-journey.ts';

const ADXL375 = 0x53;
const SHT31 = 0x44;
/** As the agent's recorder sets the chip up and empties it (ADXL375 datasheet, register map). */
const DRAIN_EVERY_MS = 15;
const SETTINGS = [
  [0x31, 0x0b],
  [0x2c, 0x0d],
  [0x38, 0x90],
  [0x2d, 0x08],
] as const;
const INT_SOURCE = Uint8Array.of(0x30);
const FIFO_STATUS = Uint8Array.of(0x39);
const DATA_X0 = Uint8Array.of(0x32);
/** As the agent reads an SHT31 at the default interval: a single shot, and its result when it is there. */
const CLIMATE_EVERY_MS = 2500;
const CONVERSION_MS = 16;
const SINGLE_SHOT = Uint8Array.of(0x24, 0x00);

const SEED = 7;
const startMs = Date.now();
const time = new VirtualTime(startMs);
const surroundings = { world: journeyWorld(journeyFrom(startMs), SEED), now: () => time.nowMs() };
const bus = new SimulatedBus(SEED);
bus.attach(ADXL375, new Adxl375(surroundings, { noiseSeed: SEED }));
bus.attach(SHT31, new Sht31(surroundings));

async function drain(): Promise<void> {
  await bus.writeRead(ADXL375, INT_SOURCE, 1);
  const entries = (await bus.writeRead(ADXL375, FIFO_STATUS, 1))[0] ?? 0;
  for (let i = 0; i < entries; i++) await bus.writeRead(ADXL375, DATA_X0, 6);
}

for (const setting of SETTINGS) await bus.write(ADXL375, Uint8Array.from(setting));
setInterval(() => void drain(), DRAIN_EVERY_MS);
setInterval(() => {
  void bus.write(SHT31, SINGLE_SHOT);
  setTimeout(() => void bus.read(SHT31, 6), CONVERSION_MS);
}, CLIMATE_EVERY_MS);
process.send?.({ type: 'ready' });
process.on('disconnect', () => time.stop());
await time.run(1);
process.exit(0);
