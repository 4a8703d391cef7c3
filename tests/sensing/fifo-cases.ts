import type { CoverageBody } from '@jostle/contracts';
import { DEFAULT_SENSING, type I2cTransport, type SensingConfig, type ShockChip } from '@jostle/edge/sensing';
import {
  type AccelerometerOptions,
  Adxl345,
  Adxl372,
  Adxl375,
  constantWorld,
  type InterruptingChip,
  Lis3dh,
  type SimulatedBus,
  type World,
} from '@jostle/firmware-sim';
import { BENCH_FROM_MS, type Bench, startBench, type Wiring } from './bench.ts';

/** One chip behind the recorder. */
export interface FifoCase {
  chip: ShockChip['chip'];
  address: number;
  rateHz: number;
  rangeG: number;
  /** Triplets that the chip keeps. */
  capacity: number;
  drainEveryMs: number;
  /** A time without the bus that is too long for the FIFO, and too short to be a fault, ms. */
  stallMs: number;
}

export const FIFO_CASES: FifoCase[] = [
  {
    chip: 'adxl375',
    address: 0x53,
    rateHz: 800,
    rangeG: 200,
    capacity: 33,
    drainEveryMs: 15,
    stallMs: 60,
  },
  {
    chip: 'adxl345',
    address: 0x1d,
    rateHz: 800,
    rangeG: 16,
    capacity: 33,
    drainEveryMs: 15,
    stallMs: 60,
  },
  {
    chip: 'lis3dh',
    address: 0x18,
    rateHz: 1344,
    rangeG: 16,
    capacity: 32,
    drainEveryMs: 10,
    stallMs: 60,
  },
  {
    chip: 'adxl372',
    address: 0x1d,
    rateHz: 1600,
    rangeG: 200,
    capacity: 170,
    drainEveryMs: 25,
    stallMs: 170,
  },
  {
    chip: 'adxl372',
    address: 0x53,
    rateHz: 3200,
    rangeG: 200,
    capacity: 170,
    drainEveryMs: 15,
    stallMs: 90,
  },
];

const MODELS = { adxl375: Adxl375, adxl372: Adxl372, adxl345: Adxl345, lis3dh: Lis3dh };
/** Registers whose reading begins a drain. */
const LOOKS = [0x30, 0x2f, 0x04];

/** A half-sine along z, from rest. */
export const PULSE = { atMs: BENCH_FROM_MS + 30_000, lengthMs: 11 };

export function pulseWorld(peakG: number): World {
  return {
    ...constantWorld(),
    accelerationG(wallMs, out) {
      const phase = (wallMs - PULSE.atMs) / PULSE.lengthMs;
      out[0] = 0;
      out[1] = 0;
      out[2] = 1 + (phase > 0 && phase < 1 ? peakG * Math.sin(Math.PI * phase) : 0);
    },
  };
}

/** The configuration with this chip as the shock recorder and no other sensor. */
export function sensorsOf({ chip, address, rateHz }: FifoCase): SensingConfig {
  if (DEFAULT_SENSING.shock === null) throw new TypeError('the recommended kit has a shock chip');
  const rate: Pick<ShockChip, 'rateHz'> = rateHz === 1600 || rateHz === 3200 ? { rateHz } : {};
  const shock: ShockChip = { ...DEFAULT_SENSING.shock, chip, address, ...rate };
  return { ...DEFAULT_SENSING, shock, climate: [] };
}

export function modelOf(
  { chip }: Pick<FifoCase, 'chip'>,
  world: World,
  now: () => number,
  options: AccelerometerOptions = {},
): InterruptingChip {
  return new MODELS[chip]({ world, now }, options);
}

export function startFifo(
  fifo: FifoCase,
  world: World,
  options: AccelerometerOptions = {},
  { sensors = sensorsOf(fifo), ...wiring }: Wiring<InterruptingChip> & { sensors?: SensingConfig } = {},
): Promise<Bench> {
  return startBench(
    sensors,
    (now) => new Map([[fifo.address, modelOf(fifo, world, now, options)]]),
    () => {},
    wiring,
  );
}

/** Each look at the chip comes up to `late.ms` late, as on a machine with other work; 0 before time stands still. */
export function lateBus(bus: SimulatedBus, late: { ms: number }, random: () => number): I2cTransport {
  return {
    write: (address, bytes) => bus.write(address, bytes),
    read: (address, length) => bus.read(address, length),
    probe: (address) => bus.probe(address),
    close: () => bus.close(),
    async writeRead(address, register, length) {
      if (late.ms > 0 && LOOKS.includes(register[0] ?? 0))
        await new Promise((resolve) => setTimeout(resolve, Math.round(late.ms * random())));
      return bus.writeRead(address, register, length);
    },
  };
}

/** A linear congruential generator (Numerical Recipes, chapter 7), so that a failure can be run again. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

export function totalsOf(spans: readonly CoverageBody[]) {
  const sumOf = (value: (span: CoverageBody) => number) => spans.reduce((sum, span) => sum + value(span), 0);
  return {
    samples: sumOf((span) => span.samples),
    lost: sumOf((span) => span.lostSamples),
    watchedMs: sumOf((span) => span.endsAt - span.startsAt),
  };
}
