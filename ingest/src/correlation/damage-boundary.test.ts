import { STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { boundaryPosition } from './damage-boundary.ts';

const fragility = { criticalAccelerationG: 40, criticalVelocityChangeMps: 2.5 };

/** Velocity change of a half-sine pulse: 2/π · A · g · T. */
const halfSine = (peakG: number, ms: number) => ((2 / Math.PI) * peakG * STANDARD_GRAVITY_MPS2 * ms) / 1000;

it.each([
  { peakG: 100, ms: 2, acceleration: 2.5, velocity: 0.499, verdict: 'outside' },
  { peakG: 30, ms: 11, acceleration: 0.75, velocity: 0.824, verdict: 'outside' },
  { peakG: 20, ms: 20, acceleration: 0.5, velocity: 0.999, verdict: 'outside' },
  { peakG: 50, ms: 11, acceleration: 1.25, velocity: 1.373, verdict: 'transition' },
  { peakG: 100, ms: 6, acceleration: 2.5, velocity: 1.498, verdict: 'transition' },
  { peakG: 60, ms: 12, acceleration: 1.5, velocity: 1.798, verdict: 'inside' },
])(
  'places a half-sine of $peakG g and $ms ms: $verdict',
  ({ peakG, ms, acceleration, velocity, verdict }) => {
    const position = boundaryPosition(peakG, halfSine(peakG, ms), fragility);
    expect(position.verdict).toBe(verdict);
    expect(position.margin).toBeCloseTo(Math.min(acceleration, velocity), 3);
  },
);

it('says nothing of a product that was never tested', () => {
  expect(boundaryPosition(500, 9, null)).toEqual({ verdict: 'unknown', margin: null });
});

it('counts a pulse exactly on the boundary as outside', () => {
  expect(boundaryPosition(40, 2.5, fragility)).toEqual({ verdict: 'outside', margin: 1 });
});
