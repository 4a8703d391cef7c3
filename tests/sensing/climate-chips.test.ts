import { constantWorld, type World } from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench } from './bench.ts';
import { CLIMATE_CASES, startChip, TRUTH } from './climate-cases.ts';

const MINUTE = 60_000;

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

const errorC = (temperatureC: number | undefined) =>
  Math.abs((temperatureC ?? Number.NaN) - TRUTH.temperatureC);

describe.each(CLIMATE_CASES)('a $chip', (one) => {
  it('reads the truth every ten seconds, and nothing that it cannot measure', async () => {
    bench = await startChip(one);
    const { pass, bodies, messages } = bench;
    const sensor = `${one.chip}-${one.address.toString(16)}`;
    expect(messages[0]).toEqual({ type: 'ready', sensors: [sensor] });
    await pass(5 * MINUTE + 1000);
    const readings = bodies('climate');
    expect(readings.length).toBeGreaterThanOrEqual(28);
    for (const reading of readings) {
      expect(Object.keys(reading).sort()).toEqual(
        ['sensor', 'temperatureC', 'ageMs', ...one.measures].sort(),
      );
      expect(errorC(reading.temperatureC)).toBeLessThan(0.02);
      expect(Math.abs((reading.relativeHumidityPct ?? 61.5) - 61.5)).toBeLessThan(0.05);
      expect(Math.abs((reading.pressureHpa ?? 984.5) - 984.5)).toBeLessThan(0.2);
      expect(reading.ageMs).toBeLessThan(2600);
    }
    expect(bodies('fault')).toEqual([]);
  });

  it('says how old each value is', async () => {
    const RAMP_C_PER_S = 0.05;
    const truthAt = (wallMs: number) => -20 + (RAMP_C_PER_S * (wallMs - BENCH_FROM_MS)) / 1000;
    const world: World = { ...constantWorld(TRUTH), temperatureC: truthAt };
    bench = await startChip(one, world);
    await bench.pass(10 * MINUTE + 1000);
    const errors = bench
      .drafts('climate')
      .map(({ measuredAt, body }) => truthAt(measuredAt - body.ageMs) - (body.temperatureC ?? Number.NaN));
    expect(errors.length).toBeGreaterThanOrEqual(55);
    for (const error of errors) {
      // A chip that measures by itself once a second holds a value of up to 1.2 s.
      expect(error).toBeGreaterThan(-0.02);
      expect(error).toBeLessThan(1.2 * RAMP_C_PER_S + 0.02);
    }
  });

  it('gives no value that is not true over a bus that loses each seventh transaction', async () => {
    bench = await startChip(one);
    bench.bus.faults.nackEvery = 7;
    await bench.pass(30 * MINUTE);
    const readings = bench.bodies('climate');
    expect(readings.length).toBeGreaterThan(160);
    for (const { temperatureC } of readings) expect(errorC(temperatureC)).toBeLessThan(0.02);
  });
});
