/** What hands do to a device while its tech follows the tool: motions that no journey of a parcel has. */
import type { World } from '../world/world.ts';

/** Proper acceleration, g, by the time since the start, ms. */
type Motion = (sinceMs: number, out: Float64Array) => void;

/** The tool looks at the thermometer first, then gives the hand 3 s for each face and samples for 5 s. */
const FIRST_FACE_MS = 2500;
const FACE_MS = 8000;
/** Up, while it lies on base, top, left side, right side, front and back: the order in which the tool asks for them. */
const FACES: readonly (readonly [number, number, number])[] = [
  [0, 0, 1],
  [0, 0, -1],
  [1, 0, 0],
  [-1, 0, 0],
  [0, 1, 0],
  [0, -1, 0],
];

/** Turned over its six faces, and back to the base. */
const turnedOver: Motion = (sinceMs, out) => {
  const face = Math.max(0, Math.floor((sinceMs - FIRST_FACE_MS) / FACE_MS));
  out.set(FACES[face] ?? [0, 0, 1]);
};

/** Half-sines from above, in turn: a knuckle, a fist, a heel of the hand, a fingertip. */
const TAPS: readonly { peakG: number; durationMs: number }[] = [
  { peakG: 12, durationMs: 6 },
  { peakG: 20, durationMs: 8 },
  { peakG: 7, durationMs: 12 },
  { peakG: 4, durationMs: 5 },
];
const FIRST_TAP_MS = 1500;
const TAP_EVERY_MS = 2000;

/** Lies on its base and is tapped every two seconds. */
const tapped: Motion = (sinceMs, out) => {
  const tap = Math.floor((sinceMs - FIRST_TAP_MS) / TAP_EVERY_MS);
  const { peakG, durationMs } = TAPS[tap % TAPS.length] ?? { peakG: 0, durationMs: 1 };
  const phase = (sinceMs - FIRST_TAP_MS - tap * TAP_EVERY_MS) / durationMs;
  out[0] = 0;
  out[1] = 0;
  out[2] = 1 + (phase < 1 ? peakG * Math.sin(Math.PI * phase) : 0);
};

/** By their names, because a thread can be told a name and not a function. */
const MOTIONS = { 'turned-over': turnedOver, tapped } satisfies Record<string, Motion>;
export type MotionName = keyof typeof MOTIONS;

/**
 * The world with the motion, where there is one, in place of its own.
 *
 * @param startsAt when the motion begins, wall time, ms since the epoch
 */
export function withMotion(world: World, name: MotionName | undefined, startsAt: number): World {
  if (name === undefined) return world;
  const motion = MOTIONS[name];
  return { ...world, accelerationG: (wallMs, out) => motion(wallMs - startsAt, out) };
}
