import {
  Bme280,
  constantWorld,
  EXAMPLE_TRIM,
  Htu21d,
  Sht31,
  Si7021,
  type SimulatedChip,
  Tmp117,
  type World,
} from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';
import { CLIMATE_CASES, climateOnly, startChip, TRUTH } from './climate-cases.ts';

const MINUTE = 60_000;
const world = constantWorld(TRUTH);

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

const faultsOf = ({ bodies }: Bench) => bodies('fault').map((f) => [f.sensor, f.isRaised, f.reason]);
const temperaturesOf = ({ bodies }: Bench) => bodies('climate').map((r) => r.temperatureC ?? Number.NaN);

function expectTrue(temperatures: readonly number[]): void {
  for (const celsius of temperatures) expect(Math.abs(celsius - TRUTH.temperatureC)).toBeLessThan(0.02);
}

describe('stale data after unplug', () => {
  it.each(CLIMATE_CASES)(
    'of a $chip: a fault within three intervals, no value repeated, and it recovers by itself',
    async (one) => {
      bench = await startChip(one);
      const { bus, pass, bodies } = bench;
      const sensor = `${one.chip}-${one.address.toString(16)}`;
      await pass(MINUTE + 1000);
      bus.unplug(one.address);
      await pass(41_000);
      expect(faultsOf(bench)).toEqual([[sensor, true, 'stale']]);
      // The fault has taken along all that was recorded before it.
      const before = bodies('climate').length;
      expect(before).toBeLessThanOrEqual(8);
      await pass(5 * MINUTE);
      expect(bodies('climate')).toHaveLength(before);
      bus.plug(one.address);
      await pass(3 * MINUTE);
      expect(faultsOf(bench)).toEqual([
        [sensor, true, 'stale'],
        [sensor, false, 'stale'],
      ]);
      expect(temperaturesOf(bench).length - before).toBeGreaterThan(10);
      expectTrue(temperaturesOf(bench));
    },
  );

  it('in the middle of a measurement: its first half is not recorded with a second one of later', async () => {
    let temperatureC = -18;
    const changing: World = { ...world, temperatureC: () => temperatureC };
    bench = await startBench(
      climateOnly({ chip: 'htu21d', address: 0x40 }),
      (now) => new Map([[0x40, new Htu21d({ world: changing, now })]]),
    );
    const { bus, pass, bodies } = bench;
    await pass(MINUTE + 1000);
    // The chip comes back at another moment between two records each time.
    for (let round = 0; round < 8; round++) {
      // A measurement is four transactions: command and reply, for the temperature and for the humidity.
      const before = bus.transactions;
      while (bus.transactions < before + 3) await pass(1);
      bus.unplug(0x40);
      await pass(MINUTE + round * 1250);
      const recorded = bodies('climate').length;
      temperatureC = -temperatureC;
      bus.plug(0x40);
      await pass(2 * MINUTE);
      const after = temperaturesOf(bench).slice(recorded);
      expect(after.length).toBeGreaterThan(5);
      for (const celsius of after) expect(celsius).toBeCloseTo(temperatureC, 1);
    }
  });
});

describe('brown-out garbage', () => {
  it.each([
    { chip: 'bme280', register: 0xfa, garbage: [0x80, 0x00] },
    { chip: 'bmp280', register: 0xfa, garbage: [0x80, 0x00] },
    { chip: 'tmp117', register: 0x00, garbage: [0x80, 0x00] },
  ] as const)('of a $chip: never recorded, said as a reset', async ({ chip, register, garbage }) => {
    const one = CLIMATE_CASES.find((c) => c.chip === chip);
    if (one === undefined) throw new RangeError(chip);
    bench = await startChip(one);
    const { bus, pass } = bench;
    // Shortly before the next reading, so that it sees a chip that has only just come back.
    await pass(MINUTE - 50);
    bus.plug(one.address);
    expect([...(await bus.writeRead(one.address, Uint8Array.of(register), 2))]).toEqual(garbage);
    await pass(4 * MINUTE);
    const sensor = `${chip}-${one.address.toString(16)}`;
    expect(faultsOf(bench)).toEqual([
      [sensor, true, 'reset'],
      [sensor, false, 'reset'],
    ]);
    expect(temperaturesOf(bench).length).toBeGreaterThan(20);
    expectTrue(temperaturesOf(bench));
  });
});

it.each([-20, -1, 0, 50])('BME280 humidity sign: the humidity is true with a trim H5 of %i', async (H5) => {
  bench = await startBench(
    climateOnly({ chip: 'bme280', address: 0x76 }),
    (now) => new Map([[0x76, new Bme280({ world, now }, { ...EXAMPLE_TRIM, H5 })]]),
  );
  await bench.pass(2 * MINUTE + 1000);
  const humidities = bench.bodies('climate').map((r) => r.relativeHumidityPct ?? Number.NaN);
  expect(humidities.length).toBeGreaterThan(5);
  for (const pct of humidities) expect(Math.abs(pct - TRUTH.relativeHumidityPct)).toBeLessThan(0.1);
});

describe('self-heating', () => {
  it.each([
    { name: 'SHT31 throttling', chip: 'sht31d', transactionsEach: 2 },
    { name: 'SHT4x throttling', chip: 'sht4x', transactionsEach: 2 },
    { name: 'HTU21D throttling', chip: 'htu21d', transactionsEach: 4 },
    { name: 'SI7021 throttling', chip: 'si7021', transactionsEach: 4 },
  ] as const)('$name: a driver that measures without end measures four times per interval', async (t) => {
    const one = CLIMATE_CASES.find((c) => c.chip === t.chip);
    if (one === undefined) throw new RangeError(t.chip);
    bench = await startChip(one);
    await bench.pass(MINUTE);
    const before = bench.bus.transactions;
    await bench.pass(10 * MINUTE);
    const measured = (bench.bus.transactions - before) / t.transactionsEach;
    expect(measured).toBeGreaterThan(230);
    expect(measured).toBeLessThanOrEqual(241);
  });

  it.each(['bme280', 'bmp280'] as const)(
    '%s standby: the chip rests for a second between two conversions',
    async (chip) => {
      const one = CLIMATE_CASES.find((c) => c.chip === chip);
      if (one === undefined) throw new RangeError(chip);
      bench = await startChip(one);
      await bench.pass(MINUTE);
      const [config = 0] = await bench.bus.writeRead(one.address, Uint8Array.of(0xf5), 1);
      // t_sb 101 is 1000 ms (BME280 datasheet, register config).
      expect(config >> 5).toBe(0b101);
    },
  );
});

describe('damaged replies', () => {
  it.each(['sht31d', 'sht4x', 'si7021', 'htu21d'] as const)('%s CRC: true values or none', async (chip) => {
    const one = CLIMATE_CASES.find((c) => c.chip === chip);
    if (one === undefined) throw new RangeError(chip);
    bench = await startChip(one);
    bench.bus.faults.byteErrorRate = 0.02;
    await bench.pass(60 * MINUTE);
    expect(temperaturesOf(bench).length).toBeGreaterThan(340);
    expectTrue(temperaturesOf(bench));
    bench.bus.faults.byteErrorRate = 1;
    await bench.pass(MINUTE);
    expect(faultsOf(bench)).toEqual([[`${chip}-${one.address.toString(16)}`, true, 'corrupt']]);
  });
});

describe('clock stretching', () => {
  it.each([
    { chip: 'si7021', Model: Si7021 },
    { chip: 'htu21d', Model: Htu21d },
  ] as const)('by a $chip spoils a reply; the agent never asks for it', async ({ chip, Model }) => {
    const commands = new Set<number | undefined>();
    bench = await startBench(climateOnly({ chip, address: 0x40 }), (now) => {
      const inner = new Model({ world, now });
      const overheard: SimulatedChip = {
        powerOn: () => inner.powerOn(),
        read: (length) => inner.read(length),
        write(bytes) {
          commands.add(bytes[0]);
          return inner.write(bytes);
        },
      };
      return new Map([[0x40, overheard]]);
    });
    await bench.pass(5 * MINUTE);
    expect(commands).not.toContain(0xe3);
    expect(commands).not.toContain(0xe5);
    expect(temperaturesOf(bench).length).toBeGreaterThan(20);
    expectTrue(temperaturesOf(bench));
    // What johnny-five asks for would have come as something else.
    const [msb = 0, lsb = 0] = await bench.bus.writeRead(0x40, Uint8Array.of(0xe3), 2);
    const celsius = (175.72 * ((msb << 8) | lsb)) / 65536 - 46.85;
    expect(Math.abs(celsius - TRUTH.temperatureC)).toBeGreaterThan(5);
  });
});

describe('a read that fails for ever', () => {
  /** Answers who it is, but never a measurement while it is broken. */
  class BrokenSht31 extends Sht31 {
    isBroken = true;

    override read(length: number): Uint8Array | undefined {
      return this.isBroken && length === 6 ? undefined : super.read(length);
    }
  }

  it('is a fault, leaves the bus to the others, and ends when the chip answers', async () => {
    let broken: BrokenSht31 | undefined;
    bench = await startBench(
      climateOnly({ chip: 'sht31d', address: 0x44 }, { chip: 'tmp117', address: 0x48 }),
      (now) => {
        broken = new BrokenSht31({ world, now });
        return new Map<number, SimulatedChip>([
          [0x44, broken],
          [0x48, new Tmp117({ world, now })],
        ]);
      },
    );
    await bench.pass(MINUTE);
    const before = bench.bus.transactions;
    await bench.pass(10 * MINUTE);
    // A try is a command and a read, four times per interval; the TMP117 is read as often.
    expect(bench.bus.transactions - before).toBeLessThan(10 * 24 * 3 + 10);
    expect(faultsOf(bench)).toEqual([['sht31d-44', true, 'stale']]);
    expect(bench.bodies('climate').every((r) => r.sensor === 'tmp117-48')).toBe(true);
    expect(bench.bodies('climate').length).toBeGreaterThan(55);
    if (broken !== undefined) broken.isBroken = false;
    await bench.pass(2 * MINUTE);
    expect(faultsOf(bench).at(-1)).toEqual(['sht31d-44', false, 'stale']);
    expect(bench.bodies('climate').some((r) => r.sensor === 'sht31d-44')).toBe(true);
  });

  it('of the trim, in the middle of the start of a driver, delays it and no more', async () => {
    class Mute extends Bme280 {
      isMute = true;
      #register = 0;

      override write(bytes: Uint8Array): boolean {
        this.#register = bytes[0] ?? this.#register;
        // The id answers, the trim does not.
        return !(this.isMute && this.#register === 0x88) && super.write(bytes);
      }
    }
    let mute: Mute | undefined;
    bench = await startBench(climateOnly({ chip: 'bme280', address: 0x76 }), (now) => {
      mute = new Mute({ world, now });
      return new Map([[0x76, mute]]);
    });
    await bench.pass(5 * MINUTE);
    expect(faultsOf(bench)).toEqual([['bme280-76', true, 'stale']]);
    if (mute !== undefined) mute.isMute = false;
    await bench.pass(3 * MINUTE);
    expect(faultsOf(bench).at(-1)).toEqual(['bme280-76', false, 'stale']);
    expect(temperaturesOf(bench).length).toBeGreaterThan(8);
    expectTrue(temperaturesOf(bench));
  });
});

it('SI7021: the temperature is of the same measurement as the humidity, and not rounded to 0.1 °C', async () => {
  bench = await startBench(
    climateOnly({ chip: 'si7021', address: 0x40 }),
    (now) => new Map([[0x40, new Si7021({ world, now })]]),
  );
  await bench.pass(2 * MINUTE + 1000);
  for (const reading of bench.bodies('climate')) {
    expect(reading.temperatureC).toBeCloseTo(-18.37, 2);
    expect(reading.relativeHumidityPct).toBeCloseTo(61.5, 1);
  }
});
