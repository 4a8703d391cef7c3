import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SampleBlock } from './samples.ts';
import { ShockDetector } from './shock-detector.ts';
import { DEFAULT_TRIGGER, type ShockObservation } from './shock-observation.ts';
import { fall, halfSine, noiseOf, rest, signal } from './test-support/signal.ts';

const OPTIONS = { ...DEFAULT_TRIGGER, rangeG: 10_000, countG: 0.049 };
const UP = { x: 0, y: 0, z: 1 };

const rate = fc.constantFrom(400, 800, 1600, 3200);
const peakG = fc.double({ min: 20, max: 180, noNaN: true });
const durationMs = fc.double({ min: 11, max: 60, noNaN: true });
const angle = fc.double({ min: 0, max: Math.PI, noNaN: true });

function detectAll(blocks: readonly SampleBlock[]): ShockObservation[] {
  const detector = new ShockDetector(OPTIONS);
  return [...blocks.flatMap((block) => detector.push(block)), ...detector.flush()];
}

test('one pulse is one event, whatever its peak, duration, direction and rate', () => {
  fc.assert(
    fc.property(rate, peakG, durationMs, angle, (rateHz, g, ms, direction) => {
      const along = { x: Math.sin(direction), y: 0, z: Math.cos(direction) };
      const found = detectAll([signal(rateHz, [rest(400), halfSine(g, ms, { along, on: UP }), rest(400)])]);
      expect(found).toHaveLength(1);
    }),
    { numRuns: 60 },
  );
});

test('how the stream is cut into blocks changes nothing', () => {
  const whole = signal(
    800,
    [
      rest(700),
      fall(300),
      halfSine(60, 12),
      fall(180),
      halfSine(25, 10),
      rest(20),
      halfSine(9, 8),
      rest(900),
    ],
    noiseOf(0.1, 42),
  );
  const expected = detectAll([whole]);
  expect(expected).toHaveLength(2);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 700 }), { maxLength: 60 }), (sizes) => {
      const blocks: SampleBlock[] = [];
      let at = 0;
      for (const size of [...sizes, whole.xyz.length]) {
        const xyz = whole.xyz.slice(at * 3, (at + size) * 3);
        if (xyz.length > 0) blocks.push({ ...whole, startMs: at * whole.periodMs, xyz });
        at += size;
      }
      expect(detectAll(blocks)).toEqual(expected);
    }),
    { numRuns: 60 },
  );
});

test('turning the sensor over changes neither resultant nor velocity change nor class', () => {
  const original = signal(1600, [
    rest(600),
    fall(250),
    halfSine(70, 12),
    rest(400, { x: 0.6, y: 0, z: 0.8 }),
  ]);
  const [expected] = detectAll([original]);
  const order = fc.constantFrom([0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [2, 1, 0], [1, 0, 2]);
  const sign = fc.constantFrom(-1, 1);
  fc.assert(
    fc.property(order, fc.tuple(sign, sign, sign), (axes, signs) => {
      const xyz = original.xyz.map((_, i) => {
        const axis = axes[i % 3] as number;
        return (original.xyz[i - (i % 3) + axis] as number) * (signs[i % 3] as number);
      });
      const [turned] = detectAll([{ ...original, xyz }]);
      expect(turned?.peakG.resultant).toBeCloseTo(expected?.peakG.resultant as number, 2);
      expect(turned?.velocityChangeMps).toBeCloseTo(expected?.velocityChangeMps as number, 3);
      expect(turned?.dropHeightM).toBe(expected?.dropHeightM);
      expect(turned?.impactClass).toBe('drop');
    }),
    { numRuns: 30 },
  );
});

test('a pulse k times as large has k times the peak and the velocity change', () => {
  fc.assert(
    fc.property(peakG, fc.double({ min: 1, max: 10, noNaN: true }), (g, k) => {
      const of = (peak: number) =>
        detectAll([signal(3200, [rest(500), halfSine(peak, 15, { on: UP }), rest(300)])])[0];
      const small = of(g);
      const large = of(g * k);
      expect((large?.peakG.resultant ?? 0) / (small?.peakG.resultant ?? 1) / k).toBeCloseTo(1, 3);
      expect((large?.velocityChangeMps ?? 0) / (small?.velocityChangeMps ?? 1) / k).toBeCloseTo(1, 2);
    }),
    { numRuns: 40 },
  );
});
