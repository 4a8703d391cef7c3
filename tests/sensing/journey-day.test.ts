import type { ExcursionBody } from '@jostle/contracts';
import { type ClimateChip, DEFAULT_SENSING, type SensingConfig } from '@jostle/edge/sensing';
import {
  Adxl375,
  Bme280,
  Bmp280,
  groundTruthOf,
  Htu21d,
  type Journey,
  journeyWorld,
  Sht31,
  type SimulatedChip,
  truthOf,
  type World,
} from '@jostle/firmware-sim';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench, startBench } from './bench.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const SEED = 7;

describe('a day in a refrigerated truck whose unit fails', () => {
  const LIMIT_C = 8;
  const FAILS_AT = 9 * HOUR;
  /** 5 °C until the failure, 19 °C four hours later, and 5 °C again two hours after the repair. */
  const REEFER: NonNullable<Journey['climate']> = [
    { afterMs: 0, temperatureC: 5, relativeHumidityPct: 70 },
    { afterMs: FAILS_AT, temperatureC: 5, relativeHumidityPct: 70 },
    { afterMs: FAILS_AT + 4 * HOUR, temperatureC: 19, relativeHumidityPct: 88, pressurePa: 95_000 },
    { afterMs: FAILS_AT + 5 * HOUR, temperatureC: 19, relativeHumidityPct: 88, pressurePa: 95_000 },
    { afterMs: FAILS_AT + 7 * HOUR, temperatureC: 5, relativeHumidityPct: 72 },
  ];
  /** 3.5 °C an hour on the way up and 7 °C an hour on the way down, where it closes half a degree inside the limit. */
  const BEYOND_FROM = BENCH_FROM_MS + FAILS_AT + (3 / 3.5) * HOUR;
  const BEYOND_UNTIL = BENCH_FROM_MS + FAILS_AT + 5 * HOUR + (11.5 / 7) * HOUR;

  const chips: ClimateChip[] = [
    { chip: 'sht31d', address: 0x44 },
    { chip: 'bme280', address: 0x76 },
    { chip: 'bmp280', address: 0x77 },
    { chip: 'htu21d', address: 0x40 },
  ];
  const SENSORS = ['sht31d-44', 'bme280-76', 'bmp280-77', 'htu21d-40'];
  const sensors: SensingConfig = {
    ...DEFAULT_SENSING,
    shock: null,
    climate: chips,
    climateLimits: [
      {
        quantity: 'temperature',
        side: 'above',
        limit: LIMIT_C,
        activation: { kind: 'consecutive', ms: 30 * MINUTE },
      },
    ],
  };
  const world: World = journeyWorld(
    { startsAt: BENCH_FROM_MS, pieces: [{ kind: 'truck', durationMs: 24 * HOUR }], climate: REEFER },
    SEED,
  );

  let day: Bench;
  beforeAll(async () => {
    day = await startBench(
      sensors,
      (now) =>
        new Map<number, SimulatedChip>([
          [0x44, new Sht31({ world, now })],
          [0x76, new Bme280({ world, now })],
          [0x77, new Bmp280({ world, now })],
          [0x40, new Htu21d({ world, now })],
        ]),
    );
    try {
      await day.pass(24 * HOUR);
    } finally {
      await day.stop();
    }
  }, 120_000);

  it.each(SENSORS)('%s records every ten seconds of it', (sensor) => {
    const times = day
      .drafts('climate')
      .filter((d) => d.body.sensor === sensor)
      .map((d) => d.measuredAt);
    expect(times.length).toBeGreaterThanOrEqual(8636);
    expect((times[0] ?? Number.NaN) - BENCH_FROM_MS).toBeLessThan(35_000);
    expect(BENCH_FROM_MS + 24 * HOUR - (times.at(-1) ?? Number.NaN)).toBeLessThan(10_100);
    times.slice(1).forEach((at, i) => {
      expect(at - (times[i] ?? Number.NaN)).toBe(10_000);
    });
    expect(day.bodies('fault')).toEqual([]);
  });

  it.each(SENSORS)('%s follows the truth', (sensor) => {
    let largestC = 0;
    let largestPct = 0;
    let largestHpa = 0;
    for (const { measuredAt, body } of day.drafts('climate')) {
      if (body.sensor !== sensor) continue;
      const at = measuredAt - body.ageMs;
      const { temperatureC, relativeHumidityPct: pct, pressureHpa: hpa } = body;
      largestC = Math.max(largestC, Math.abs((temperatureC ?? Number.NaN) - world.temperatureC(at)));
      if (pct !== undefined) largestPct = Math.max(largestPct, Math.abs(pct - world.relativeHumidityPct(at)));
      if (hpa !== undefined) largestHpa = Math.max(largestHpa, Math.abs(hpa - world.pressurePa(at) / 100));
    }
    expect(largestC).toBeLessThan(0.02);
    expect(largestPct).toBeLessThan(0.05);
    expect(largestHpa).toBeLessThan(0.2);
  });

  it.each(SENSORS)('%s finds the one excursion, when it began and ended and how far it went', (sensor) => {
    const excursions: ExcursionBody[] = day.bodies('excursion').filter((e) => e.sensor === sensor);
    expect(excursions).toHaveLength(2);
    const [opened, closed] = excursions;
    expect(opened).toMatchObject({ quantity: 'temperature', side: 'above', limit: LIMIT_C, endedAt: null });
    for (const { startedAt } of excursions) expect(Math.abs(startedAt - BEYOND_FROM)).toBeLessThan(30_000);
    expect(Math.abs((closed?.endedAt ?? Number.NaN) - BEYOND_UNTIL)).toBeLessThan(30_000);
    expect(closed?.extreme).toBeCloseTo(19, 1);
  });
});

describe('a day whose refrigeration fails and whose door is left open', () => {
  const journey: Journey = {
    startsAt: BENCH_FROM_MS,
    pieces: [{ kind: 'truck-ride', road: 'asphalt', durationMs: 24 * HOUR }],
    climate: [{ afterMs: 0, temperatureC: 5, relativeHumidityPct: 60 }],
    episodes: [
      { kind: 'reefer-failure', afterMs: 6 * HOUR, durationMs: 3 * HOUR, outsideC: 29, outsidePct: 60 },
      { kind: 'door-open', afterMs: 18 * HOUR, durationMs: 20 * MINUTE, outsideC: 5, outsidePct: 95 },
    ],
    custody: [{ afterMs: 0, custodian: 'HAULIER', leg: 'LINEHAUL' }],
  };
  const sensors: SensingConfig = {
    ...DEFAULT_SENSING,
    shock: null,
    climate: [{ chip: 'sht31d', address: 0x44 }],
    climateLimits: [
      { quantity: 'temperature', side: 'above', limit: 8, activation: { kind: 'instant' } },
      { quantity: 'humidity', side: 'above', limit: 80, activation: { kind: 'instant' } },
    ],
  };

  it('is recorded as one excursion each, which begins within the episode of the truth', async () => {
    const world = journeyWorld(journey, SEED);
    const day = await startBench(sensors, (now) => new Map([[0x44, new Sht31({ world, now })]]));
    try {
      await day.pass(24 * HOUR);
    } finally {
      await day.stop();
    }
    const opened = day.bodies('excursion').filter((e) => e.endedAt === null);
    const { climateEpisodes } = groundTruthOf('DEV-1', journey);
    expect(opened.map((e) => e.quantity)).toEqual(['temperature', 'humidity']);
    expect(climateEpisodes.map((e) => [e.kind, e.custodian])).toEqual([
      ['reefer-failure', 'HAULIER'],
      ['door-open', 'HAULIER'],
    ]);
    opened.forEach(({ startedAt }, i) => {
      expect(startedAt).toBeGreaterThan(climateEpisodes[i]?.startsAt ?? Number.NaN);
      expect(startedAt).toBeLessThan(climateEpisodes[i]?.endsAt ?? Number.NaN);
    });
    const warmest = day.bodies('excursion').find((e) => e.quantity === 'temperature' && e.endedAt !== null);
    // Three hours of a time constant of four.
    expect(warmest?.extreme).toBeCloseTo(5 + 24 * (1 - Math.exp(-3 / 4)), 1);
  }, 120_000);
});

describe('an hour of handling with the recommended kit', () => {
  let hour: Bench | undefined;
  afterEach(async () => {
    await hour?.stop();
    hour = undefined;
  });

  it('is covered whole, its one drop is found, and the climate goes on beside the shock recorder', async () => {
    const journey: Journey = {
      startsAt: BENCH_FROM_MS,
      pieces: [
        { kind: 'hand-carry', durationMs: 5 * MINUTE },
        { kind: 'conveyor', durationMs: 10 * MINUTE },
        { kind: 'drop', heightM: 0.6 },
        { kind: 'truck', durationMs: 60 * MINUTE },
      ],
      climate: [
        { afterMs: 0, temperatureC: 21, relativeHumidityPct: 40 },
        { afterMs: HOUR, temperatureC: 3, relativeHumidityPct: 75 },
      ],
    };
    const world = journeyWorld(journey, SEED);
    hour = await startBench(
      DEFAULT_SENSING,
      (now) =>
        new Map<number, SimulatedChip>([
          [0x53, new Adxl375({ world, now }, { oscillatorErrorPpm: 8000, noiseSeed: SEED })],
          [0x44, new Sht31({ world, now })],
          [0x76, new Bme280({ world, now })],
        ]),
    );
    await hour.pass(HOUR);

    const [truth] = truthOf(journey);
    const shocks = hour.bodies('shock');
    expect(shocks).toHaveLength(1);
    expect(Math.abs((shocks[0]?.impactAt ?? 0) - (truth?.at ?? Number.NaN))).toBeLessThan(20);
    expect(Math.abs((shocks[0]?.dropHeightM ?? 0) - 0.6)).toBeLessThan(0.06);

    const spans = hour.bodies('coverage');
    expect(spans.length).toBeGreaterThanOrEqual(59);
    spans.slice(1).forEach((span, i) => {
      expect(span.startsAt).toBe(spans[i]?.endsAt);
    });
    expect(spans.reduce((sum, span) => sum + span.lostSamples, 0)).toBe(0);

    const climate = hour.drafts('climate');
    expect(climate.length).toBeGreaterThan(2 * 350);
    for (const { measuredAt, body } of climate) {
      const truthC = world.temperatureC(measuredAt - body.ageMs);
      expect(Math.abs((body.temperatureC ?? Number.NaN) - truthC)).toBeLessThan(0.03);
    }
    expect(hour.bodies('fault')).toEqual([]);
  }, 120_000);
});
