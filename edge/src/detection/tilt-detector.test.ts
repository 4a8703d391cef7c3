import { describe, expect, it } from 'vitest';
import type { SampleBlock } from './samples.ts';
import { TiltDetector, type TiltObservation } from './tilt-detector.ts';

type Axes = readonly [number, number, number];

/** Feeds stretches of constant acceleration, one after the other, in blocks of 20 samples. */
function tilts(
  stretches: readonly { ms: number; g: Axes; noiseG?: number; isAfterGap?: boolean }[],
  periodMs = 10,
): TiltObservation[] {
  const detector = new TiltDetector();
  const found: TiltObservation[] = [];
  let startMs = 0;
  let sample = 0;
  for (const { ms, g, noiseG = 0, isAfterGap = false } of stretches) {
    if (isAfterGap) detector.gap();
    for (let left = Math.round(ms / periodMs); left > 0; left -= 20) {
      const count = Math.min(20, left);
      const xyz = Float32Array.from({ length: count * 3 }, (_, i) => {
        // As fast as every other sample: what a vehicle shakes averages out.
        const sign = (sample + Math.floor(i / 3)) % 2 === 0 ? 1 : -1;
        return (g[i % 3] ?? 0) + sign * noiseG;
      });
      const block: SampleBlock = { startMs, periodMs, xyz };
      const tilt = detector.push(block);
      if (tilt !== null) found.push(tilt);
      startMs += count * periodMs;
      sample += count;
    }
  }
  return found;
}

const UPRIGHT: Axes = [0, 0, 1];
const ON_ITS_LEFT: Axes = [1, 0, 0];

describe('the face that looks up', () => {
  it.each<[Axes, number, number]>([
    [UPRIGHT, 1, 0],
    [[1, 0, 0], 2, 90],
    [[0, 0, -1], 3, 180],
    [[-1, 0, 0], 4, 90],
    [[0, -1, 0], 5, 90],
    [[0, 1, 0], 6, 90],
    [[0, Math.sin(Math.PI / 6), Math.cos(Math.PI / 6)], 1, 30],
  ])('of a parcel that reads %j at rest is %i, tilted by %d°', (g, upFace, tiltDeg) => {
    expect(tilts([{ ms: 2000, g }])).toEqual([{ upFace, tiltDeg, startedMonoMs: 0 }]);
  });

  it.each([1, 1000 / 1344, 20])('does not depend on the rate (%d ms a sample)', (periodMs) => {
    expect(tilts([{ ms: 3000, g: ON_ITS_LEFT }], periodMs)).toMatchObject([{ upFace: 2, tiltDeg: 90 }]);
  });
});

describe('a resting orientation', () => {
  it('is told once, however long it lasts and whatever shakes it', () => {
    expect(tilts([{ ms: 60_000, g: UPRIGHT, noiseG: 0.6 }])).toHaveLength(1);
  });

  it('is told again when it has changed and held, from when it began', () => {
    const found = tilts([
      { ms: 5000, g: UPRIGHT },
      { ms: 5000, g: ON_ITS_LEFT },
    ]);
    expect(found).toEqual([
      { upFace: 1, tiltDeg: 0, startedMonoMs: 0 },
      { upFace: 2, tiltDeg: 90, startedMonoMs: 5000 },
    ]);
  });

  it('is not told where the parcel was turned back before it had lain 2 s', () => {
    const found = tilts([
      { ms: 5000, g: UPRIGHT },
      { ms: 1800, g: ON_ITS_LEFT },
      { ms: 5000, g: UPRIGHT },
    ]);
    expect(found).toHaveLength(1);
  });

  it('is not told after a turn of 10°', () => {
    const turned: Axes = [Math.sin(Math.PI / 18), 0, Math.cos(Math.PI / 18)];
    expect(
      tilts([
        { ms: 5000, g: UPRIGHT },
        { ms: 5000, g: turned },
      ]),
    ).toHaveLength(1);
  });

  it.each<[string, Axes]>([
    ['a fall', [0, 0, 0]],
    ['a push', [0, 0, 1.6]],
  ])('is none in %s', (_, g) => {
    expect(tilts([{ ms: 5000, g }])).toEqual([]);
  });

  it('begins anew after missing samples', () => {
    expect(
      tilts([
        { ms: 1500, g: UPRIGHT },
        { ms: 1500, g: UPRIGHT, isAfterGap: true },
      ]),
    ).toEqual([]);
  });
});
