import { DEFAULT_SENSING, type SensingConfig } from '@jostle/edge/sensing';
import { Bme280, constantWorld, Sht31, type SimulatedChip } from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';

const CLIMATE_ONLY: SensingConfig = { ...DEFAULT_SENSING, shock: null };
const SHT31 = 0x44;
const BME280 = 0x76;
const MINUTE = 60_000;

const world = constantWorld({ temperatureC: -18.37, relativeHumidityPct: 61.5, pressurePa: 98_450 });

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function startClimate(
  sensors: SensingConfig = CLIMATE_ONLY,
  arrange?: Parameters<typeof startBench>[2],
): Promise<Bench> {
  bench = await startBench(
    sensors,
    (now) =>
      new Map<number, SimulatedChip>([
        [SHT31, new Sht31({ world, now })],
        [BME280, new Bme280({ world, now })],
      ]),
    arrange,
  );
  return bench;
}

describe("johnny-five's own drivers on simulated chips", () => {
  it('read the truth within the tolerance of the chips, each sensor every ten seconds', async () => {
    const { pass, bodies, messages } = await startClimate();
    expect(messages[0]).toEqual({ type: 'ready', sensors: ['sht31d-44', 'bme280-76'] });
    await pass(5 * MINUTE + 1000);
    const readings = bodies('climate');
    for (const sensor of ['sht31d-44', 'bme280-76']) {
      const own = readings.filter((r) => r.sensor === sensor);
      expect(own.length).toBeGreaterThanOrEqual(28);
      for (const reading of own) {
        expect(reading.temperatureC).toBeCloseTo(-18.37, 1);
        expect(reading.relativeHumidityPct).toBeCloseTo(61.5, 1);
        expect(reading.ageMs).toBeLessThan(2600);
      }
    }
    const pressures = readings.flatMap((r) => r.pressureHpa ?? []);
    expect(pressures.length).toBeGreaterThan(0);
    for (const hpa of pressures) expect(Math.abs(hpa - 984.5)).toBeLessThan(0.2);
    expect(bodies('fault')).toEqual([]);
  });

  it('send routine readings about once a minute, not one by one', async () => {
    const { pass, messages } = await startClimate();
    await pass(10 * MINUTE + 1000);
    const isRoutine = (m: (typeof messages)[number]) =>
      m.type === 'records' && m.drafts.some((draft) => draft.kind === 'climate');
    expect(messages.filter(isRoutine)).toHaveLength(10);
  });
});

describe('a climate chip that is not there', () => {
  it('is a fault when it is absent at the start, and joins in when it appears', async () => {
    const { bus, pass, bodies, messages } = await startClimate(CLIMATE_ONLY, (b) => b.unplug(SHT31));
    expect(messages.find((m) => m.type === 'ready')).toEqual({ type: 'ready', sensors: ['bme280-76'] });
    await pass(MINUTE);
    bus.plug(SHT31);
    await pass(2 * MINUTE);
    expect(bodies('fault').map((f) => [f.sensor, f.isRaised, f.reason])).toEqual([
      ['sht31d-44', true, 'absent'],
      ['sht31d-44', false, 'absent'],
    ]);
    expect(bodies('climate').some((r) => r.sensor === 'sht31d-44')).toBe(true);
  });

  it('is absent where another chip answers at its address', async () => {
    const { bodies } = await startClimate({ ...CLIMATE_ONLY, climate: [{ chip: 'bme280', address: SHT31 }] });
    expect(bodies('fault')).toMatchObject([{ sensor: 'bme280-44', isRaised: true, reason: 'absent' }]);
  });
});

describe('a climate limit', () => {
  it('opens an excursion at once when the limit is reached', async () => {
    const { pass, bodies } = await startClimate({
      ...CLIMATE_ONLY,
      climate: [{ chip: 'sht31d', address: SHT31 }],
      climateLimits: [
        { quantity: 'temperature', side: 'below', limit: -15, activation: { kind: 'instant' } },
        { quantity: 'humidity', side: 'above', limit: 80, activation: { kind: 'instant' } },
      ],
    });
    await pass(30_000);
    expect(bodies('excursion')).toMatchObject([
      { sensor: 'sht31d-44', quantity: 'temperature', side: 'below', limit: -15, endedAt: null },
    ]);
  });
});
