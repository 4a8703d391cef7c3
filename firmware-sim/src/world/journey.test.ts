import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Journey, pieceDurationMs, timetableOf } from './journey.ts';
import { journeyWorld } from './journey-world.ts';
import { truthOf } from './truth.ts';
import type { World } from './world.ts';

const START = Date.parse('2026-03-02T08:00:00Z');

function journeyOf(...pieces: Journey['pieces']): Journey {
  return { startsAt: START, pieces };
}

function sampled(world: World, fromMs: number, toMs: number, stepMs: number) {
  const out = new Float64Array(3);
  const samples: { at: number; g: number[]; resultantG: number }[] = [];
  for (let at = fromMs; at < toMs; at += stepMs) {
    world.accelerationG(at, out);
    samples.push({ at, g: [...out], resultantG: Math.hypot(...out) });
  }
  return samples;
}

describe('a drop', () => {
  const drop = { kind: 'drop' as const, heightM: 0.8, restitution: 0, pulseMs: 10 };

  it('falls freely for sqrt(2h/g) and then stops in a pulse whose integral is the impact speed', () => {
    const journey = journeyOf({ kind: 'rest', durationMs: 5000 }, drop);
    const world = journeyWorld(journey, 1);
    const samples = sampled(world, START + 4000, START + 7000, 0.05);
    const falling = samples.filter((s) => s.resultantG < 0.35);
    expect(falling.length * 0.05).toBeCloseTo(403.92, 0);
    const [truth] = truthOf(journey);
    const pulse = samples.filter((s) => s.at >= (truth?.at ?? 0) && s.at < (truth?.at ?? 0) + 10);
    const velocityMps = pulse.reduce(
      (sum, s) => sum + (s.resultantG - 1) * STANDARD_GRAVITY_MPS2 * 0.05e-3,
      0,
    );
    expect(velocityMps).toBeCloseTo(3.961, 1);
    expect(truth).toMatchObject({ kind: 'drop', velocityChangeMps: expect.closeTo(3.961, 3) });
    expect(Math.max(...pulse.map((s) => s.resultantG)) - 1).toBeCloseTo(truth?.peakG ?? 0, 1);
  });

  it('adds the rebound to the velocity change, and lands again where the rebound is a real flight', () => {
    const [soft] = truthOf(journeyOf({ ...drop, restitution: 0.1 }));
    expect(soft?.velocityChangeMps).toBeCloseTo(1.1 * 3.961, 2);
    expect(truthOf(journeyOf({ ...drop, restitution: 0.1 }))).toHaveLength(1);
    const [first, second] = truthOf(journeyOf({ ...drop, restitution: 0.5 }));
    expect(second?.heightM).toBeCloseTo(0.2, 5);
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeCloseTo(10 + 2 * 201.96, 0);
  });

  it('hits on the face or corner that was asked for', () => {
    const journey = journeyOf({ ...drop, direction: [0, -3, 4] });
    const [truth] = truthOf(journey);
    const out = new Float64Array(3);
    journeyWorld(journey, 1).accelerationG((truth?.at ?? 0) + 5, out);
    expect((out[1] ?? 0) / (out[2] ?? 1)).toBeCloseTo(-0.75);
    expect(out[0]).toBe(0);
  });
});

describe('handling', () => {
  it.each([
    ['rest', 0.002],
    ['conveyor', 0.1],
    ['truck', 0.25],
    ['hand-carry', 0.12],
  ] as const)('on %s shakes with %d g RMS and stays far from a shock', (kind, rmsG) => {
    const world = journeyWorld(journeyOf({ kind, durationMs: 60_000 }), 3);
    const samples = sampled(world, START, START + 60_000, 1.25);
    const squares = samples.reduce((sum, s) => sum + ((s.g[2] ?? 0) - 1) ** 2, 0);
    expect(Math.sqrt(squares / samples.length)).toBeCloseTo(rmsG, 2);
    expect(Math.max(...samples.map((s) => s.resultantG))).toBeLessThan(2.5);
  });

  it('differs with the seed', () => {
    const at = (seed: number) =>
      sampled(journeyWorld(journeyOf({ kind: 'truck', durationMs: 1000 }), seed), START, START + 100, 10);
    expect(at(1)).toEqual(at(1));
    expect(at(1)).not.toEqual(at(2));
  });
});

describe('a journey', () => {
  const journey: Journey = {
    startsAt: START,
    pieces: [
      { kind: 'truck', durationMs: 3000 },
      { kind: 'drop', heightM: 1.2, restitution: 0.4 },
      { kind: 'conveyor', durationMs: 2000 },
    ],
    climate: [
      { afterMs: 0, temperatureC: 20, relativeHumidityPct: 40 },
      { afterMs: 1000, temperatureC: 30, relativeHumidityPct: 60 },
    ],
  };

  it('gives the same acceleration in whatever order it is sampled', () => {
    const inOrder = journeyWorld(journey, 9);
    const shuffled = journeyWorld(journey, 9);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1000, max: 12_000, noNaN: true }), { minLength: 2 }),
        (times) => {
          const of = (world: World, ms: number) => {
            const out = new Float64Array(3);
            world.accelerationG(START + ms, out);
            return [...out];
          };
          const expected = new Map([...times].sort((a, b) => a - b).map((ms) => [ms, of(inOrder, ms)]));
          for (const ms of times) expect(of(shuffled, ms)).toEqual(expected.get(ms));
        },
      ),
    );
  });

  it('is a timetable without gaps', () => {
    const entries = timetableOf(journey);
    expect(entries[0]?.startsAt).toBe(START);
    entries.slice(1).forEach((entry, i) => {
      expect(entry.startsAt).toBe(entries[i]?.endsAt);
    });
    const total = journey.pieces.reduce((sum, piece) => sum + pieceDurationMs(piece), 0);
    expect(entries.at(-1)?.endsAt).toBe(START + total);
  });

  it('rests before and after', () => {
    const world = journeyWorld(journey, 9);
    for (const from of [START - 60_000, START + 60_000])
      for (const { resultantG } of sampled(world, from, from + 1000, 5)) expect(resultantG).toBeCloseTo(1, 1);
  });

  it('changes its climate evenly between the points', () => {
    const world = journeyWorld(journey, 9);
    expect(world.temperatureC(START - 1)).toBe(20);
    expect(world.temperatureC(START + 250)).toBeCloseTo(22.5);
    expect(world.relativeHumidityPct(START + 500)).toBeCloseTo(50);
    expect(world.temperatureC(START + 9999)).toBe(30);
    expect(world.pressurePa(START)).toBe(101_325);
  });
});
