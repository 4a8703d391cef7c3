import {
  capturedPeakFraction,
  DEFAULT_TRIGGER,
  impactOrientation,
  type SampleBlock,
  ShockDetector,
  type ShockObservation,
} from '@jostle/edge/detection';
import { DEFAULT_SENSING } from '@jostle/edge/sensing';
import { Adxl375, type DropPiece, type Journey, journeyWorld, truthOf } from '@jostle/firmware-sim';
import { describe, expect, onTestFinished, test } from 'vitest';
import { BENCH_FROM_MS, startBench } from './bench.ts';

/** Detection against closed forms, and against simulated drops of which the truth is known. */

const ADXL375 = { ...DEFAULT_TRIGGER, rangeG: 200, countG: 0.049 };
/** White noise of the ADXL375 (datasheet, specifications), g per √Hz. */
const NOISE_G_PER_ROOT_HZ = 0.005;
const STANDARD_GRAVITY_MPS2 = 9.80665;

/** What a chip at this rate reads of a motion: quantised, with its noise. */
function sampled(rateHz: number, lastsMs: number, at: (ms: number, out: Float64Array) => void): SampleBlock {
  const periodMs = 1000 / rateHz;
  const sigma = NOISE_G_PER_ROOT_HZ * Math.sqrt(rateHz / 2);
  const g = new Float64Array(3);
  let state = 1;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  // The sum of four uniform numbers has a variance of 4 / 12.
  const noise = () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3) * sigma;
  const xyz = new Float32Array(Math.floor(lastsMs / periodMs) * 3);
  for (let i = 0; i < xyz.length; i += 3) {
    at((i / 3) * periodMs, g);
    for (let k = 0; k < 3; k++) xyz[i + k] = Math.round(((g[k] ?? 0) + noise()) / 0.049) * 0.049;
  }
  return { startMs: 0, periodMs, xyz };
}

function only(block: SampleBlock): ShockObservation {
  const detector = new ShockDetector(ADXL375);
  const found = [...detector.push(block), ...detector.flush()];
  expect(found).toHaveLength(1);
  return found[0] as ShockObservation;
}

function halfSine(rateHz: number, peakG: number, ms: number): ShockObservation {
  return only(
    sampled(rateHz, 1000, (at, out) => {
      const phase = (at - 500.3) / ms;
      out.fill(0);
      out[0] = phase > 0 && phase < 1 ? peakG * Math.sin(Math.PI * phase) : 0;
      out[2] = 1;
    }),
  );
}

describe('the velocity change of a half-sine is 2 A T / π', () => {
  test.each([
    [50, 11, 3.43371],
    [30, 11, 2.06023],
    [100, 6, 3.74586],
    [100, 2, 1.24862],
    [20, 20, 2.49724],
  ])('%d g, %d ms: %d m/s within 2 % at 3200 Hz', (peakG, ms, expected) => {
    expect((2 / Math.PI) * peakG * STANDARD_GRAVITY_MPS2 * (ms / 1000)).toBeCloseTo(expected, 4);
    expect(Math.abs(halfSine(3200, peakG, ms).velocityChangeMps / expected - 1)).toBeLessThan(0.02);
  });

  test.each([
    [1600, 0.02],
    [800, 0.03],
    [400, 0.05],
  ])('50 g, 11 ms at %d Hz within %d of it', (rateHz, tolerance) => {
    expect(Math.abs(halfSine(rateHz, 50, 11).velocityChangeMps / 3.43371 - 1)).toBeLessThan(tolerance);
  });
});

test.each([
  [3200, 2],
  [1600, 2],
  [800, 2],
  [3200, 11],
  [1600, 11],
  [800, 11],
  [400, 11],
  [100, 11],
])('no sampling at %d Hz shows less of a %d ms half-sine than the sampling floor', (rateHz, ms) => {
  const stepMs = 1000 / rateHz;
  const largest = (offsetMs: number) => {
    let peak = 0;
    for (let at = offsetMs; at < ms; at += stepMs) peak = Math.max(peak, Math.sin((Math.PI * at) / ms));
    return peak;
  };
  const seen = Array.from({ length: 2000 }, (_, i) => largest((i / 2000) * stepMs));
  expect(Math.min(...seen)).toBeCloseTo(capturedPeakFraction(rateHz, ms), 2);
});

const WAYS = [
  ['its base', [0, 0, 1], [3]],
  ['its top', [0, 0, -1], [1]],
  ['its left side', [1, 0, 0], [4]],
  ['an edge', [0, 0.7, 0.7], [3, 5]],
  ['a corner', [-0.6, 0.5, 0.62], [2, 3, 5]],
] as const;
const REST_MS = 2000;

describe.each([800, 1600, 3200])('a simulated drop at %d Hz', (rateHz) => {
  describe.each([0.3, 0.6, 0.9, 1.5])('from %d m', (heightM) => {
    test.each(WAYS)('on %s has its height, velocity change, peak and part', (_, direction, faces) => {
      const piece: DropPiece = { kind: 'drop', heightM, pulseMs: 12, direction: [...direction] };
      const journey: Journey = { startsAt: 0, pieces: [{ kind: 'rest', durationMs: REST_MS }, piece] };
      const [truth] = truthOf(journey);
      if (truth === undefined) throw new Error('a drop has an impact');
      const world = journeyWorld(journey, 7);
      const event = only(sampled(rateHz, truth.at + 80, (at, out) => world.accelerationG(at, out)));
      expect(event.impactClass).toBe('drop');
      expect(Math.abs((event.dropHeightM ?? 0) / heightM - 1)).toBeLessThan(0.05);
      expect(Math.abs(event.velocityChangeMps / truth.velocityChangeMps - 1)).toBeLessThan(0.05);
      expect(Math.abs(event.peakG.resultant / truth.peakG - 1)).toBeLessThan(0.06);
      const orientation = impactOrientation(event.velocityChange, event.clipped, true);
      expect(orientation).toMatchObject({ faces: [...faces] });
      expect(orientation.kind === 'unknown' ? 90 : orientation.angleDeg).toBeLessThan(10);
    });
  });
});

describe('the impact orientation on a simulated ADXL375', () => {
  const journey: Journey = {
    startsAt: BENCH_FROM_MS,
    pieces: [
      { kind: 'rest', durationMs: 20_000 },
      // In the axes of the chip.
      { kind: 'drop', heightM: 0.8, direction: [0, 1, 0] },
    ],
  };
  const world = journeyWorld(journey, 7);

  test.each([
    ['of the parcel where the chip is calibrated', 'unit-17', { kind: 'face', faces: [4] }],
    ['is not known where it is not', 'none', { kind: 'unknown', reason: 'uncalibrated' }],
  ])('%s', async (_, id, expected) => {
    const { shock } = DEFAULT_SENSING;
    if (shock === null) throw new Error('the default kit has a shock chip');
    const calibration = { ...shock.calibration, id, axes: ['+y' as const, '-x' as const, '+z' as const] };
    const bench = await startBench(
      {
        ...DEFAULT_SENSING,
        climate: [],
        shock: { ...shock, calibration: calibration as typeof shock.calibration },
      },
      (now) => new Map([[shock.address, new Adxl375({ world, now }, { noiseSeed: 7 })]]),
    );
    onTestFinished(() => bench.stop());
    await bench.pass(25_000);
    expect(bench.bodies('shock')[0]?.impactOrientation).toMatchObject(expected);
  });
});
