import { unpackWaveform } from '@jostle/contracts';
import { describe, expect, test } from 'vitest';
import { ShockDetector } from './shock-detector.ts';
import { DEFAULT_TRIGGER, type ShockObservation } from './shock-observation.ts';
import { fall, halfSine, noiseOf, type Part, rest, signal } from './test-support/signal.ts';

const ADXL375 = { ...DEFAULT_TRIGGER, rangeG: 200, countG: 0.049 };
const UP = { x: 0, y: 0, z: 1 };

function detect(rateHz: number, parts: readonly Part[], noise?: () => number): ShockObservation[] {
  const detector = new ShockDetector(ADXL375);
  return [...detector.push(signal(rateHz, parts, noise)), ...detector.flush()];
}

function only(found: readonly ShockObservation[]): ShockObservation {
  expect(found).toHaveLength(1);
  return found[0] as ShockObservation;
}

describe('a fall and its impact', () => {
  /** 0.8 m, and the velocity change of a rebound with a restitution of 0.3. */
  const drop = [rest(1500), fall(403.9), halfSine(75, 11), fall(120), rest(500)];

  test.each([1, 2, 3, 4, 5])('are one drop with its height, on a noisy chip at 800 Hz (seed %d)', (seed) => {
    const event = only(detect(800, drop, noiseOf(0.12, seed)));
    expect(event.impactClass).toBe('drop');
    expect(event.dropHeightM).toBeGreaterThan(0.8 * 0.97);
    expect(event.dropHeightM).toBeLessThan(0.8 * 1.03);
    expect(event.peakG.resultant).toBeGreaterThan(75 * 0.95);
    expect(event.peakG.resultant).toBeLessThan(75);
    expect(event.velocityChangeMps).toBeGreaterThan(4.8);
    expect(event.velocityChangeMps).toBeLessThan(5.3);
    expect(event.durationMs).toBeGreaterThan(9);
    expect(event.durationMs).toBeLessThan(12);
    expect(event.impactMonoMs).toBeGreaterThan(1903);
    expect(event.impactMonoMs).toBeLessThan(1907);
  });

  test('give an equivalent height that holds the true one', () => {
    const { low, high } = only(detect(3200, drop)).equivalentDropHeightM;
    expect(low).toBeLessThan(0.8);
    expect(high).toBeGreaterThan(0.8);
    expect(high / low).toBeCloseTo(4, 2);
  });

  test('have gravity removed that was read before the fall', () => {
    const event = only(detect(3200, [rest(1500), fall(300), halfSine(40, 20), fall(200)]));
    expect(event.peakG.z).toBeGreaterThan(38.5);
    expect(event.peakG.z).toBeLessThan(39.1);
    expect(event.peakG.x).toBe(0);
  });
});

test('a throw is a toss without a height', () => {
  const event = only(
    detect(800, [rest(800), rest(250, { x: 0, y: 0, z: 2.5 }), fall(600), halfSine(60, 10), rest(200)]),
  );
  expect(event).toMatchObject({ impactClass: 'toss', dropHeightM: null });
  expect(event.freeFallMs).toBeCloseTo(600, -1);
});

test('a hit without a fall is a kick', () => {
  const event = only(
    detect(800, [rest(800), halfSine(30, 15, { along: { x: 1, y: 0, z: 0 }, on: UP }), rest(300)]),
  );
  expect(event).toMatchObject({ impactClass: 'kick', freeFallMs: 0, dropHeightM: null });
  expect(event.peakG.x).toBeGreaterThan(29);
  expect(event.peakG.z).toBeLessThan(0.1);
});

test('a rebound that is an event of its own has no height: it went up before it fell', () => {
  const bouncing = [rest(900), fall(404), halfSine(75, 11), fall(240), halfSine(30, 11), rest(300)];
  expect(detect(800, bouncing).map((event) => event.impactClass)).toEqual(['drop', 'toss']);
});

test('impacts within 30 ms are one event, later ones are not', () => {
  const twoHits = (apartMs: number) => [
    rest(500),
    halfSine(30, 10, { on: UP }),
    rest(apartMs),
    halfSine(20, 10, { on: UP }),
    rest(400),
  ];
  expect(detect(1600, twoHits(25))).toHaveLength(1);
  expect(detect(1600, twoHits(40))).toHaveLength(2);
});

test('a shaking that does not end is cut into events of half a second', () => {
  const shaking: Part = { ms: 1600, at: (t) => ({ x: 0, y: 0, z: 12 * Math.sin(t / 4) }) };
  expect(detect(800, [rest(300), shaking, rest(200)])).toHaveLength(4);
});

describe('limits of the measurement', () => {
  test('an axis that reaches the end of the range is named, and its peak is not faired', () => {
    const detector = new ShockDetector({ ...DEFAULT_TRIGGER, rangeG: 16, countG: 0.0039 });
    const block = signal(800, [
      rest(800),
      halfSine(60, 20, { along: { x: 0.1, y: 0, z: 0.995 }, on: UP }),
      rest(200),
    ]);
    block.xyz = block.xyz.map((g) => Math.max(-16, Math.min(15.993, g)));
    const event = only(detector.push(block));
    expect(event.clipped).toEqual({ x: false, y: false, z: true });
    expect(event.fairing).toEqual({ filter: 'none', cornerHz: 0 });
    expect(event.peakG.z).toBeCloseTo(14.993, 2);
  });

  test('a pulse of fewer than 8 samples is flagged and not faired', () => {
    const short = only(detect(800, [rest(500), halfSine(50, 5, { on: UP }), rest(300)]));
    expect(short).toMatchObject({ isBandwidthLimited: true, fairing: { filter: 'none', cornerHz: 0 } });
    const resolved = only(detect(3200, [rest(500), halfSine(50, 5, { on: UP }), rest(300)]));
    expect(resolved).toMatchObject({
      isBandwidthLimited: false,
      fairing: { filter: 'butterworth-2-zero-phase', cornerHz: 900 },
    });
  });

  test('fairing keeps the peak of a pulse that the rate resolves within 5 %', () => {
    for (const [rateHz, ms] of [
      [800, 11],
      [1600, 6],
      [3200, 3],
    ] as const) {
      const event = only(detect(rateHz, [rest(500), halfSine(50, ms, { on: UP }), rest(300)]));
      expect(event.peakG.resultant).toBeGreaterThan(47.5);
      expect(event.peakG.resultant).toBeLessThan(50.5);
    }
  });
});

test('the waveform shows 50 ms before and 100 ms after the impact, gravity included', () => {
  const event = only(detect(800, [rest(500), halfSine(50, 11, { on: UP }), rest(300)]));
  const xyz = unpackWaveform(event.waveform ?? { rateHz: 1, preMs: 0, scaleG: 1, xyz: '' });
  expect(event.waveform).toMatchObject({ rateHz: 800, preMs: 50, scaleG: 0.049 });
  expect(xyz).toHaveLength(120 * 3);
  expect(xyz[2]).toBeCloseTo(1, 1);
  expect(Math.max(...xyz)).toBeGreaterThan(49);
});

test('the waveform never holds more than 400 samples', () => {
  const event = only(detect(20_000, [rest(500), halfSine(50, 11, { on: UP }), rest(300)]));
  const xyz = unpackWaveform(event.waveform ?? { rateHz: 1, preMs: 0, scaleG: 1, xyz: '' });
  expect(xyz.length / 3).toBeLessThanOrEqual(400);
  expect(event.waveform?.preMs).toBeCloseTo(6.65, 1);
});

test('a trigger that misses the storage criterion is counted, once', () => {
  const detector = new ShockDetector(ADXL375);
  const click = signal(3200, [rest(500), halfSine(20, 1, { on: UP }), rest(300)]);
  expect(detector.push(click)).toEqual([]);
  expect(detector.takeRejectedTriggers()).toBe(1);
  expect(detector.takeRejectedTriggers()).toBe(0);
});

test('five minutes on a truck give no event', () => {
  const truck: Part = {
    ms: 300_000,
    at: (t) => ({ x: 0.3 * Math.sin(t / 30), y: 0.2 * Math.sin(t / 17), z: 1 + 0.5 * Math.sin(t / 11) }),
  };
  expect(detect(800, [truck], noiseOf(0.12, 9))).toEqual([]);
});

test('a sensor that blocks DC gives kicks, never falls', () => {
  const silent = { x: 0, y: 0, z: 0 };
  const event = only(detect(3200, [rest(1500, silent), halfSine(40, 10), rest(300, silent)]));
  expect(event).toMatchObject({ impactClass: 'kick', freeFallMs: 0, dropHeightM: null });
});

test('a channel whose offset drifts through zero before a hit did not fall', () => {
  const parts = [
    rest(800, { x: 1.5, y: -0.7, z: 1.7 }),
    rest(200, { x: 0.1, y: 0, z: 0.1 }),
    halfSine(40, 10),
  ];
  const event = only(detect(3200, [...parts, rest(300, { x: 0, y: 0, z: 0 })]));
  expect(event).toMatchObject({ impactClass: 'kick', freeFallMs: 0, dropHeightM: null });
});

test('the pulse of an event does not reach back into the event before it', () => {
  const push = { x: 0, y: 0, z: 4.8 };
  const hit = halfSine(15, 10, { on: push });
  const [first, second] = detect(1600, [rest(500), hit, rest(35, push), hit, rest(300)]);
  expect(first?.impactMonoMs).toBeCloseTo(500, -1);
  expect(second?.durationMs).toBeGreaterThan(40);
  expect(second?.durationMs).toBeLessThan(47);
});

describe('a gap', () => {
  const before = signal(800, [rest(600), fall(300)]);
  const after = { ...signal(800, [fall(100), halfSine(50, 11), rest(300)]), startMs: 900 };

  test('closes the event that is open', () => {
    const detector = new ShockDetector(ADXL375);
    expect(detector.push(signal(800, [rest(500), halfSine(50, 11, { on: UP })]))).toEqual([]);
    expect(detector.gap()).toHaveLength(1);
    expect(detector.flush()).toEqual([]);
  });

  test('makes no fall out of two pieces', () => {
    const whole = new ShockDetector(ADXL375);
    whole.push(before);
    expect(only(whole.push(after)).dropHeightM).toBeGreaterThan(0.7);

    const broken = new ShockDetector(ADXL375);
    broken.push(before);
    broken.gap();
    expect(only(broken.push(after)).dropHeightM).toBeNull();
  });

  test('is what a change of the rate amounts to', () => {
    const detector = new ShockDetector(ADXL375);
    detector.push(before);
    const faster = { ...signal(1600, [fall(100), halfSine(50, 11), rest(300)]), startMs: 900 };
    expect(only(detector.push(faster)).dropHeightM).toBeNull();
  });
});
