import { expect, test } from 'vitest';
import { CoverageMeter } from './coverage-meter.ts';
import { rest, signal } from './test-support/signal.ts';

const minuteOfRest = signal(800, [rest(60_000)]);

test('reports what was watched between two cuts', () => {
  const meter = new CoverageMeter();
  meter.observe({ ...minuteOfRest, startMs: 1000 });
  meter.observe({ startMs: 61_000, periodMs: 1.25, xyz: Float32Array.of(0, 3, -4) });
  meter.lose(7);
  expect(meter.cut(2)).toEqual({
    startMonoMs: 1000,
    endMonoMs: 61_001.25,
    samples: 48_001,
    lostSamples: 7,
    peakG: 5,
    rejectedTriggers: 2,
  });
});

test('begins each span anew', () => {
  const meter = new CoverageMeter();
  meter.observe({ startMs: 0, periodMs: 1, xyz: Float32Array.of(9, 9, 9) });
  meter.lose(1);
  meter.cut(4);
  meter.observe({ startMs: 1, periodMs: 1, xyz: Float32Array.of(0, 0, 1) });
  expect(meter.cut(0)).toMatchObject({ samples: 1, lostSamples: 0, peakG: 1, rejectedTriggers: 0 });
});

test('makes no span of a time without samples', () => {
  const meter = new CoverageMeter();
  expect(meter.cut(0)).toBeNull();
  meter.observe({ startMs: 0, periodMs: 1, xyz: new Float32Array(0) });
  expect(meter.cut(0)).toBeNull();
});

test('keeps the count of samples that were lost in a time without any', () => {
  const meter = new CoverageMeter();
  meter.lose(40);
  expect(meter.cut(0)).toBeNull();
  meter.observe({ startMs: 0, periodMs: 1, xyz: Float32Array.of(0, 0, 1) });
  expect(meter.cut(0)?.lostSamples).toBe(40);
});

test('never lets spans overlap when the time of a block is estimated anew', () => {
  const meter = new CoverageMeter();
  meter.observe({ startMs: 0, periodMs: 1, xyz: new Float32Array(300) });
  const first = meter.cut(0);
  meter.observe({ startMs: 99.6, periodMs: 1, xyz: new Float32Array(300) });
  const second = meter.cut(0);
  expect(first?.endMonoMs).toBe(100);
  expect(second?.startMonoMs).toBe(100);
  expect(second?.endMonoMs).toBeCloseTo(199.6, 9);
});
