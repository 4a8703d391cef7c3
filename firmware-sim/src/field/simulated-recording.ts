import type { Recording } from '@jostle/edge/field';
import { timetableOf } from '../world/journey.ts';
import { journeyWorld } from '../world/journey-world.ts';
import { FIELD_SEED, type FieldJourney } from './field-journeys.ts';
import { withMotion } from './field-motions.ts';

/** The nominal rate and scale of an ADXL375 (datasheet rev. B, Specifications). */
const RATE_HZ = 800;
const COUNT_G = 0.049;
/** A file of two minutes is enough to learn on; a journey may last for hours. */
const LONGEST_S = 120;
/** A motion of the tech's hands has no end: so much of it. */
const MOTION_S = 55;
/** Before and after the pieces the device lies still. */
const STILL_S = 2;

/** The accelerations of the journey as a file of a shock recorder would have them. */
export function recordingOf(name: string, { journey, motion }: FieldJourney): Recording {
  const world = withMotion(journeyWorld(journey, FIELD_SEED), motion, journey.startsAt);
  const endsAt = timetableOf(journey).at(-1)?.endsAt ?? journey.startsAt;
  const journeyS = motion === undefined ? (endsAt - journey.startsAt) / 1000 : MOTION_S;
  const samples = Math.ceil(Math.min(LONGEST_S, journeyS + 2 * STILL_S) * RATE_HZ);
  const timesS = Float64Array.from({ length: samples }, (_, i) => i / RATE_HZ);
  const xyz = new Float32Array(samples * 3);
  const g = new Float64Array(3);
  for (let i = 0; i < samples; i++) {
    world.accelerationG(journey.startsAt + (i / RATE_HZ - STILL_S) * 1000, g);
    xyz.set(
      g.map((value) => Math.round(value / COUNT_G) * COUNT_G),
      i * 3,
    );
  }
  return { format: `simulated journey ${name}`, timesS, xyz };
}
