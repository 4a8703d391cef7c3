import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Incident } from './incident.ts';
import { incidentOf } from './incident-of.ts';
import { ORIENTATIONS, upAt } from './orientation.ts';
import type { IncidentPiece } from './pieces.ts';
import { SURFACES } from './surface.ts';

const STEP_MS = 0.05;

function feltAt(incident: Incident, sinceMs: number): number[] {
  const out = new Float64Array(3);
  incident.accelerationG(sinceMs, out);
  return [...out];
}

/** Velocity that the pulse of an impact gives, above the weight that the floor carries, m/s. */
function pulseVelocityMps(incident: Incident, index: number, towards: readonly number[]): number {
  const { atMs = 0, durationMs = 0 } = incident.impacts[index] ?? {};
  let velocity = 0;
  for (let ms = atMs; ms < atMs + durationMs; ms += STEP_MS) {
    const along = feltAt(incident, ms).reduce((sum, g, axis) => sum + g * (towards[axis] ?? 0), 0);
    velocity += along * STANDARD_GRAVITY_MPS2 * (STEP_MS / 1000);
  }
  return velocity;
}

describe('every incident', () => {
  const pieces: IncidentPiece[] = [
    { kind: 'drop', heightM: 0.5, surface: 'concrete', orientation: '2-3-5' },
    { kind: 'toss', heightM: 0.4, launchMps: 2, orientation: '3' },
    { kind: 'kick', velocityChangeMps: 3 },
    { kind: 'sorter-impact', level: 'II', side: '2' },
    { kind: 'forklift-tip', angleDeg: 15, ending: 'fall' },
    { kind: 'forklift-tip', angleDeg: 15, ending: 'set-down' },
  ];

  it.each(pieces)('$kind begins and ends at rest', (piece) => {
    const incident = incidentOf(piece);
    const [x, y, z] = feltAt(incident, incident.durationMs - 1);
    expect([x, y, z]).toEqual([expect.closeTo(0), expect.closeTo(0), expect.closeTo(1)]);
    if (incident.impacts[0]?.atMs !== 0 && piece.kind !== 'drop')
      expect(Math.hypot(...feltAt(incident, 0))).toBeCloseTo(1);
  });

  it.each(pieces)('$kind lists its impacts in order and within its length', ({ ...piece }) => {
    const { impacts, durationMs } = incidentOf(piece);
    expect(impacts.map((i) => i.atMs)).toEqual(impacts.map((i) => i.atMs).toSorted((a, b) => a - b));
    for (const impact of impacts) expect(impact.atMs + impact.durationMs).toBeLessThan(durationMs);
  });
});

describe('a toss', () => {
  it('flies longer than the fall from its height and lands with the launch speed on top', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.1, max: 1.2, noNaN: true }),
        fc.double({ min: 0.2, max: 4, noNaN: true }),
        (heightM, launchMps) => {
          const [drop] = incidentOf({ kind: 'drop', heightM }).impacts;
          const [toss] = incidentOf({ kind: 'toss', heightM, launchMps }).impacts;
          const flightMs = (toss?.atMs ?? 0) - 200;
          const upMs = (launchMps / STANDARD_GRAVITY_MPS2) * 1000;
          const topM = heightM + launchMps ** 2 / (2 * STANDARD_GRAVITY_MPS2);
          expect(flightMs).toBeCloseTo(upMs + Math.sqrt((2 * topM) / STANDARD_GRAVITY_MPS2) * 1000, 6);
          expect(flightMs).toBeGreaterThan(drop?.atMs ?? 0);
          expect(toss?.velocityChangeMps).toBeGreaterThan(drop?.velocityChangeMps ?? 0);
          expect(toss?.heightM).toBe(heightM);
        },
      ),
    );
  });

  it('is sped up by the hands to the launch velocity, below the trigger of a recorder', () => {
    const toss = incidentOf({ kind: 'toss', heightM: 0.4, launchMps: 2 });
    let velocity = 0;
    for (let ms = 0; ms < 200; ms += STEP_MS) {
      const g = feltAt(toss, ms)[2] ?? 0;
      expect(g).toBeLessThan(3);
      velocity += (g - 1) * STANDARD_GRAVITY_MPS2 * (STEP_MS / 1000);
    }
    expect(velocity).toBeCloseTo(2, 2);
  });
});

describe('a push', () => {
  it.each(['I', 'II', 'III'] as const)('of a sorter has the impact velocity of level %s', (level) => {
    const sorter = incidentOf({ kind: 'sorter-impact', level, restitution: 0, side: '4' });
    const published = { I: 1.75, II: 1.22, III: 0.91 }[level];
    expect(sorter.impacts[0]?.velocityChangeMps).toBe(published);
    expect(pulseVelocityMps(sorter, 0, [1, 0, 0])).toBeCloseTo(published, 2);
  });

  it('by a foot is horizontal, away from the side that is hit, and slides out', () => {
    const kick = incidentOf({ kind: 'kick', velocityChangeMps: 3, side: '6' });
    expect(pulseVelocityMps(kick, 0, [0, -1, 0])).toBeCloseTo(3, 2);
    expect(kick.impacts[0]?.heightM).toBeNull();
    const slideMs = kick.durationMs - 15 - 1000;
    expect(feltAt(kick, 15 + slideMs / 2)[1]).toBeCloseTo(0.4);
    expect(slideMs * 0.4 * (STANDARD_GRAVITY_MPS2 / 1000)).toBeCloseTo(3);
  });
});

describe('a forklift tip', () => {
  const tip = { kind: 'forklift-tip' as const, angleDeg: 20, speedDegPs: 40, lengthM: 1 };

  it('turns gravity in the load as fast as it was asked to', () => {
    const lifted = incidentOf({ ...tip, ending: 'set-down' });
    for (const [ms, deg] of [
      [250, 10],
      [500, 20],
      [750, 10],
      [1000, 0],
    ] as const) {
      const [x = 0, , z = 0] = feltAt(lifted, ms);
      expect((Math.atan2(x, z) * 180) / Math.PI).toBeCloseTo(deg);
      expect(Math.hypot(x, z)).toBeCloseTo(1);
    }
    expect(lifted.impacts).toEqual([]);
  });

  it('that is let go lands with half of what its free edge reaches', () => {
    const dropped = incidentOf({ ...tip, ending: 'fall', restitution: 0 });
    const heightM = Math.sin((20 * Math.PI) / 180);
    const [impact] = dropped.impacts;
    expect(impact?.heightM).toBeCloseTo(heightM);
    expect(impact?.velocityChangeMps).toBeCloseTo(Math.sqrt(3 * STANDARD_GRAVITY_MPS2 * heightM) / 2);
    expect(pulseVelocityMps(dropped, 0, [0, 0, 1]) - STANDARD_GRAVITY_MPS2 * 0.012).toBeCloseTo(
      impact?.velocityChangeMps ?? 0,
      2,
    );
  });
});

describe('an orientation', () => {
  it.each([
    ['3', [0, 0, 1]],
    ['1', [0, 0, -1]],
    ['2', [-1, 0, 0]],
    ['5', [0, 1, 0]],
    ['3-5', [0, Math.SQRT1_2, Math.SQRT1_2]],
    ['2-3-5', [-1, 1, 1].map((part) => part / Math.sqrt(3))],
  ] as const)('%s points up into the package from where it lands', (orientation, up) => {
    expect(upAt(orientation)).toEqual(up.map((part) => expect.closeTo(part)));
  });

  it('is one of 6 faces, 12 edges and 8 corners, all different and none of opposite faces', () => {
    const ups = ORIENTATIONS.map((o) => upAt(o));
    expect(new Set(ups.map((up) => up.map((part) => part.toFixed(3)).join())).size).toBe(26);
    for (const up of ups) expect(Math.hypot(...up)).toBeCloseTo(1);
  });
});

describe('a surface', () => {
  it.each(SURFACES)('%s gives a pulse that packaged goods can have', (surface) => {
    const [impact] = incidentOf({ kind: 'drop', heightM: 0.8, surface }).impacts;
    expect(impact?.durationMs).toBeGreaterThanOrEqual(5);
    expect(impact?.durationMs).toBeLessThanOrEqual(30);
  });

  it('gives way to what the piece says itself', () => {
    const [impact] = incidentOf({ kind: 'drop', heightM: 0.8, surface: 'carpet', pulseMs: 9 }).impacts;
    expect(impact?.durationMs).toBe(9);
  });
});
