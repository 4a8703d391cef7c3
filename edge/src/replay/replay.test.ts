import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseRecording } from './csv-recording.ts';
import type { Recording } from './recording.ts';
import { replay } from './replay.ts';

const PHONE_AT_REST = { columns: ['1', '2', '3', '4'], unit: 'mps2' } as const;

function recorded(path: string, choice: typeof PHONE_AT_REST | null = null): Recording {
  return parseRecording(
    readFileSync(new URL(`../../../tests/data/${path}`, import.meta.url), 'utf8'),
    choice,
  );
}

/** Largest resultant of the numbers in the file, read without the code under test. */
function rawPeakG(path: string): number {
  const lines = readFileSync(new URL(`../../../tests/data/${path}`, import.meta.url), 'utf8')
    .trim()
    .split('\n');
  return Math.max(...lines.slice(1).map((line) => Math.hypot(...line.split(',').slice(1, 4).map(Number))));
}

describe('a dropped phone', () => {
  const report = replay(recorded('phone-drops/fall_1.csv'), null);

  test('is one drop from 1.91 m', () => {
    expect(report.events).toHaveLength(1);
    const event = report.events[0];
    expect(event?.impactClass).toBe('drop');
    expect(Math.abs((event?.freeFallMs ?? 0) / 1000 - 0.62)).toBeLessThanOrEqual(0.01);
    expect(Math.abs((event?.dropHeightM ?? 0) / 1.91 - 1)).toBeLessThanOrEqual(0.05);
    expect(event?.atS).toBeCloseTo(4.651, 2);
  });

  test('has its z axis clipped at ±16 g', () => {
    expect(report.rangeG).toBe(16);
    expect(report.events[0]?.clipped).toEqual({ x: false, y: false, z: true });
    expect(report.events[0]?.fairing.filter).toBe('none');
  });

  test('was sampled at 198.6 Hz without a gap', () => {
    expect(report.format).toBe('phyphox');
    expect(report.rateHz).toBeCloseTo(198.6, 0);
    expect(report.samples).toBe(1748);
    expect(report.gaps).toEqual([]);
  });
});

test('a phone that is thrown upwards is a toss and has no height', () => {
  const [first, ...rebounds] = replay(recorded('phone-drops/up_and_down_2.csv'), null).events;
  expect(first).toMatchObject({ impactClass: 'toss', dropHeightM: null });
  expect(first?.freeFallMs).toBeGreaterThan(840);
  for (const event of rebounds) {
    expect(event.dropHeightM).toBeNull();
    expect(event.atS - (first?.atS ?? 0)).toBeLessThan(1);
  }
});

test('a phone at rest for five minutes gives no event', () => {
  const once = recorded('phone-drops/accel_static.txt', PHONE_AT_REST);
  const times = 34;
  const count = once.timesS.length;
  const lastsS = (once.timesS.at(-1) ?? 0) - (once.timesS[0] ?? 0) + 0.005035;
  const fiveMinutes: Recording = {
    format: once.format,
    timesS: Float64Array.from(
      { length: count * times },
      (_, i) => (once.timesS[i % count] ?? 0) + Math.floor(i / count) * lastsS,
    ),
    xyz: Float32Array.from({ length: count * 3 * times }, (_, i) => once.xyz[i % (count * 3)] ?? 0),
  };
  const report = replay(fiveMinutes, 16);
  expect(report.durationS).toBeGreaterThan(300);
  expect(report).toMatchObject({ gaps: [], events: [], rejectedTriggers: 0 });
});

describe('a vibration logger', () => {
  const SLOW = 'endaq/Cloud_Test_505Hz_40g_full.csv';
  const FAST = 'endaq/Cloud_Test_20kHz_100g_A_2.55-2.75s.csv';

  test('at 503 Hz gives its hardest hit within the gravity that is removed', () => {
    const { events, rateHz, rejectedTriggers, rangeG } = replay(recorded(SLOW), 40);
    const peaks = events.map((event) => event.peakG.resultant);
    expect(Math.abs(Math.max(...peaks) - rawPeakG(SLOW))).toBeLessThanOrEqual(1.1);
    expect(events.find((event) => event.peakG.resultant === Math.max(...peaks))?.atS).toBeCloseTo(2.594, 2);
    expect(rateHz).toBeCloseTo(502.6, 1);
    expect(rangeG).toBe(40);
    expect(rejectedTriggers).toBeGreaterThan(0);
    for (const event of events) {
      expect(event.clipped).toEqual({ x: false, y: false, z: false });
      expect(event.durationMs).toBeLessThan(100);
      expect(event.velocityChangeMps).toBeLessThan(3);
      expect(event.dropHeightM).toBeNull();
    }
  });

  test('at 20 kHz on a channel that blocks DC gives the peak and claims no fall', () => {
    const { events } = replay(recorded(FAST), null);
    expect(events).toHaveLength(1);
    const event = events[0];
    expect(event).toMatchObject({ impactClass: 'kick', freeFallMs: 0, dropHeightM: null });
    expect(event?.isBandwidthLimited).toBe(false);
    expect(event?.fairing).toEqual({ filter: 'butterworth-2-zero-phase', cornerHz: 1000 });
    expect(event?.atS).toBeCloseTo(2.589, 2);
    // Fairing lowers a peak of 199 g, never raises it; the channel's offset of 2.4 g is removed.
    expect(rawPeakG(FAST)).toBeCloseTo(198.9, 1);
    expect(event?.peakG.resultant).toBeGreaterThan(0.9 * rawPeakG(FAST));
    expect(event?.peakG.resultant).toBeLessThan(rawPeakG(FAST) + 2.5);
  });
});

test('missing samples are named and no fall is timed across them', () => {
  const whole = recorded('phone-drops/fall_1.csv');
  const kept = [...whole.timesS.keys()].filter((i) => Math.abs((whole.timesS[i] ?? 0) - 4.3) > 0.1);
  const holed: Recording = {
    ...whole,
    timesS: Float64Array.from(kept, (i) => whole.timesS[i] ?? 0),
    xyz: Float32Array.from(kept.flatMap((i) => [...whole.xyz.subarray(i * 3, i * 3 + 3)])),
  };
  const report = replay(holed, null);
  expect(report.gaps).toHaveLength(1);
  expect(report.gaps[0]?.atS).toBeCloseTo(4.2, 2);
  expect(report.gaps[0]?.lastsS).toBeCloseTo(0.2, 1);
  expect(report.rateHz).toBeCloseTo(198.6, 0);
  expect(report.events[0]).toMatchObject({ impactClass: 'kick', dropHeightM: null });
});
