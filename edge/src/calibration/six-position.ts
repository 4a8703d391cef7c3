import type { AxesG } from '../detection/samples.ts';
import { type CalibrationValues, calibratedLevel, type Fit, offsetTooLarge } from './at-rest.ts';
import type { SignedAxis } from './calibration.ts';
import { axisOf, FACES, isMountable, type ParcelAxes, signedAxis } from './parcel-axes.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { RestLevel } from './rest-level.ts';

/** Half the difference of two opposite faces is 1 g within the tolerance of the sensitivity; of two like ones it is 0. */
const TURNED_LEAST_G = 0.5;
/** Least share of an axis in it: 20° off. Beyond, it cannot be said which axis is meant. */
const ALONG_LEAST = Math.cos((20 * Math.PI) / 180);
/** How far a chip may stand askew in the parcel, or a face off the level, °; ours. The remap is by right angles only. */
const TILT_MAX_DEG = 10;
/** Largest error of |g| that may be left on any face, g; ours: a sound part leaves a fifth of it. */
const NORM_ERROR_MAX_G = 0.05;
/** A sensitivity further off than this is that of another part (ADXL375 datasheet rev. B, Specifications: ±10 %). */
const SCALE_LIMITS: readonly [number, number] = [0.8, 1.25];

/** Two opposite faces: what points up, what the chip reads in the middle between them, and half of their difference. */
interface Pair {
  up: SignedAxis;
  middleG: AxesG;
  halfG: AxesG;
}

/**
 * Offset, scale and mounting from the six faces of the parcel. Opposite faces cancel: their sum has only the offset,
 * their difference only gravity, to the first order of how far the faces are off the level.
 *
 * @param levels one for each of `FACES`, in their order
 * @param offsetMaxG largest zero offset that a sound part has, g
 */
export function fitSixPositions(levels: readonly RestLevel[], offsetMaxG: number): Fit | Refusal {
  const pairs = pairsOf(levels);
  const chipAxes = new Map<string, SignedAxis>();
  for (const [i, { up, halfG }] of pairs.entries()) {
    const found = alongOf(halfG);
    if (found === null) return notTurned(i, halfG);
    chipAxes.set(up, found);
  }
  const axes = ['+x', '+y', '+z'].map((up) => chipAxes.get(up)) as ParcelAxes;
  if (!isMountable(axes))
    return refusal(
      'faces-exchanged',
      `these faces belong to a parcel in a mirror (${axes.join(', ')})`,
      'Begin again and keep to the faces that are asked for; right and left are as seen from the front.',
    );
  const values = valuesOf(pairs, axes);
  const largestG = Math.max(...Object.values(values.offsetG).map(Math.abs));
  if (largestG > offsetMaxG) return offsetTooLarge(largestG, offsetMaxG);
  return judged(values, levels);
}

function pairsOf(levels: readonly RestLevel[]): Pair[] {
  return [0, 2, 4].map((i) => {
    const a = (levels[i] as RestLevel).meanG;
    const b = (levels[i + 1] as RestLevel).meanG;
    const combined = (of: (p: number, q: number) => number) => ({
      x: of(a.x, b.x) / 2,
      y: of(a.y, b.y) / 2,
      z: of(a.z, b.z) / 2,
    });
    return {
      up: FACES[i]?.up ?? '+z',
      middleG: combined((p, q) => p + q),
      halfG: combined((p, q) => p - q),
    };
  });
}

/** The chip axis along a vector; null where the vector is short or lies between axes. */
function alongOf(halfG: AxesG): SignedAxis | null {
  const size = Math.hypot(halfG.x, halfG.y, halfG.z);
  if (size < TURNED_LEAST_G) return null;
  const axis = (['x', 'y', 'z'] as const).find((k) => Math.abs(halfG[k]) >= size * ALONG_LEAST);
  return axis === undefined ? null : signedAxis(axis, halfG[axis]);
}

function notTurned(pair: number, halfG: AxesG): Refusal {
  const [one, other] = FACES.slice(pair * 2, pair * 2 + 2).map(({ name }) => name);
  const size = Math.hypot(halfG.x, halfG.y, halfG.z);
  return refusal(
    'not-turned',
    `between ${one} and ${other} gravity changed by ${(2 * size).toFixed(2)} g, where 2 g along one axis belong`,
    'Begin again and lay the device on each face that is asked for, flat; fix a chip that stands askew.',
  );
}

function valuesOf(pairs: readonly Pair[], axes: ParcelAxes): CalibrationValues {
  const offsetG = { x: 0, y: 0, z: 0 };
  const scale = { x: 1, y: 1, z: 1 };
  for (const { up, middleG, halfG } of pairs) {
    const { axis } = axisOf(axes['xyz'.indexOf(axisOf(up).axis)] as SignedAxis);
    offsetG[axis] = middleG[axis];
    scale[axis] = 1 / Math.hypot(halfG.x, halfG.y, halfG.z);
  }
  return { offsetG, scale, axes };
}

/** Puts the faces through the result: what it does not explain must be small. */
function judged(values: CalibrationValues, levels: readonly RestLevel[]): Fit | Refusal {
  const faces = levels.map((level, i) => {
    const along = calibratedLevel(level, values);
    const { axis, sign } = axisOf(FACES[i]?.up ?? '+z');
    const size = Math.hypot(along.x, along.y, along.z);
    const cosine = Math.max(-1, Math.min(1, (sign * along[axis]) / size));
    return {
      name: FACES[i]?.name,
      normErrorG: Math.abs(size - 1),
      tiltDeg: (Math.acos(cosine) * 180) / Math.PI,
      spreadG: Math.max(level.spreadG.x, level.spreadG.y, level.spreadG.z),
    };
  });
  const tilted = faces.reduce((worst, face) => (face.tiltDeg > worst.tiltDeg ? face : worst));
  if (tilted.tiltDeg > TILT_MAX_DEG)
    return refusal(
      'tilted',
      `on the ${tilted.name} gravity was ${tilted.tiltDeg.toFixed(1)}° off the axis`,
      'Use a level table, lay each face flat, and see whether the chip stands askew.',
    );
  const factors = Object.values(values.scale);
  const rough = faces.reduce((worst, face) => (face.normErrorG > worst.normErrorG ? face : worst));
  const [low, high] = SCALE_LIMITS;
  if (rough.normErrorG > NORM_ERROR_MAX_G || factors.some((factor) => factor < low || factor > high))
    return refusal(
      'residual-too-large',
      `the result leaves ${rough.normErrorG.toFixed(3)} g on the ${rough.name}, with scales of ${factors.map((f) => f.toFixed(3)).join(', ')}`,
      'Begin again; where it stays so, run `jostle-edge selftest` and see whether SHOCK_CHIP names the chip that is fitted.',
    );
  const spreadG = Math.max(...faces.map((face) => face.spreadG));
  return {
    kind: 'fitted',
    values,
    residuals: { spreadG, normErrorG: rough.normErrorG, tiltDeg: tilted.tiltDeg },
  };
}
