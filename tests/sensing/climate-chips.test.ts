import { type ClimateChip, DEFAULT_SENSING } from '@jostle/edge/sensing';
import {
  Bme280,
  Bmp280,
  type ChipSurroundings,
  constantWorld,
  Htu21d,
  Sht4x,
  Sht31,
  Si7021,
  type SimulatedChip,
  Tmp117,
} from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';

const MINUTE = 60_000;
const TRUTH = { temperatureC: -18.37, relativeHumidityPct: 61.5, pressurePa: 98_450 };

interface Case {
  chip: ClimateChip['chip'];
  address: number;
  Model: new (surroundings: ChipSurroundings) => SimulatedChip;
  measures: ('relativeHumidityPct' | 'pressureHpa')[];
}

const CASES: Case[] = [
  { chip: 'sht31d', address: 0x44, Model: Sht31, measures: ['relativeHumidityPct'] },
  { chip: 'bme280', address: 0x76, Model: Bme280, measures: ['relativeHumidityPct', 'pressureHpa'] },
  { chip: 'bmp280', address: 0x76, Model: Bmp280, measures: ['pressureHpa'] },
  { chip: 'si7021', address: 0x40, Model: Si7021, measures: ['relativeHumidityPct'] },
  { chip: 'htu21d', address: 0x40, Model: Htu21d, measures: ['relativeHumidityPct'] },
  { chip: 'sht4x', address: 0x44, Model: Sht4x, measures: ['relativeHumidityPct'] },
  { chip: 'tmp117', address: 0x48, Model: Tmp117, measures: [] },
];

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function startWith({ chip, address, Model }: Case, truth = TRUTH): Promise<Bench> {
  bench = await startBench(
    { ...DEFAULT_SENSING, shock: null, climate: [{ chip, address }] },
    (now) => new Map([[address, new Model({ world: constantWorld(truth), now })]]),
  );
  return bench;
}

describe.each(CASES)('a $chip', (one) => {
  it('reads the truth every ten seconds, and nothing that it cannot measure', async () => {
    const { pass, bodies, messages } = await startWith(one);
    const sensor = `${one.chip}-${one.address.toString(16)}`;
    expect(messages[0]).toEqual({ type: 'ready', sensors: [sensor] });
    await pass(5 * MINUTE + 1000);
    const readings = bodies('climate');
    expect(readings.length).toBeGreaterThanOrEqual(28);
    for (const reading of readings) {
      expect(Object.keys(reading).sort()).toEqual(
        ['sensor', 'temperatureC', 'ageMs', ...one.measures].sort(),
      );
      expect(Math.abs((reading.temperatureC ?? 0) - -18.37)).toBeLessThan(0.02);
      expect(Math.abs((reading.relativeHumidityPct ?? 61.5) - 61.5)).toBeLessThan(0.05);
      expect(Math.abs((reading.pressureHpa ?? 984.5) - 984.5)).toBeLessThan(0.2);
      expect(reading.ageMs).toBeLessThan(2600);
    }
    expect(bodies('fault')).toEqual([]);
  });

  it('is a fault within three intervals after an unplug, repeats nothing, and recovers by itself', async () => {
    const { bus, pass, bodies } = await startWith(one);
    await pass(MINUTE + 1000);
    bus.unplug(one.address);
    await pass(41_000);
    expect(bodies('fault').map((f) => [f.isRaised, f.reason])).toEqual([[true, 'stale']]);
    // The fault has taken along all that was recorded before it.
    const before = bodies('climate').length;
    expect(before).toBeLessThanOrEqual(8);
    await pass(5 * MINUTE);
    expect(bodies('climate')).toHaveLength(before);
    bus.plug(one.address);
    await pass(3 * MINUTE);
    expect(bodies('fault').map((f) => f.isRaised)).toEqual([true, false]);
    const after = bodies('climate').slice(before);
    expect(after.length).toBeGreaterThan(10);
    for (const reading of after) expect(Math.abs((reading.temperatureC ?? 0) - -18.37)).toBeLessThan(0.02);
  });

  it('gives no value that is not true over a bus that loses each seventh transaction', async () => {
    const { bus, pass, bodies } = await startWith(one);
    bus.faults.nackEvery = 7;
    await pass(30 * MINUTE);
    const readings = bodies('climate');
    expect(readings.length).toBeGreaterThan(160);
    for (const reading of readings) expect(Math.abs((reading.temperatureC ?? 0) - -18.37)).toBeLessThan(0.02);
  });
});
