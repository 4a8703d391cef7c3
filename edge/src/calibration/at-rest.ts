import type { AxesG } from '../detection/samples.ts';
import { type Calibration, calibrate, UNCALIBRATED } from './calibration.ts';
import { axisOf } from './parcel-axes.ts';
import { type Refusal, refusal } from './refusal.ts';
import type { RestLevel } from './rest-level.ts';

/** What a calibration consists of, before it has a name. */
export type CalibrationValues = Omit<Calibration, 'id'>;

/** A result, and how well it explains what was measured. */
export interface Fit {
  kind: 'fitted';
  values: CalibrationValues;
  residuals: Residuals;
}

export interface Residuals {
  /** Largest standard deviation of 100 ms means during the rests, g. */
  spreadG: number;
  /** Largest difference between |g| of a face and 1, g; null where one position was measured, which it fits exactly. */
  normErrorG: number | null;
  /** Largest angle between a face's gravity and the axis that it should lie along, °; null as above. */
  tiltDeg: number | null;
}

/** An earlier calibration says that gravity is about 1 g from up to here, so that the direction can be trusted too. */
const TRUSTED_G = 0.3;
/** cos 45°: nearer to another axis than to the one that should point up. */
const UPRIGHT = Math.SQRT1_2;

/**
 * The zero offset from one position: what the chip reads beyond gravity while the parcel lies on its base. Scale is
 * that of the earlier calibration, which an offset that drifted leaves valid.
 *
 * @param axes how the chip is mounted
 * @param offsetMaxG largest zero offset that a sound part has, g
 */
export function nullAtRest(
  level: RestLevel,
  before: Calibration,
  axes: Calibration['axes'],
  offsetMaxG: number,
): Fit | Refusal {
  if (isLyingOtherwise(level, { ...before, axes }))
    return refusal(
      'not-on-base',
      `by the calibration ${before.id} the device does not lie on its base`,
      'Lay it on its base; where the chip was mounted anew, name its axes with --mount, or use --six-position.',
    );
  const up = axisOf(axes[2]);
  const { scale } = before;
  const gravity = (axis: keyof AxesG) => (axis === up.axis ? up.sign / scale[axis] : 0);
  const { x, y, z } = level.meanG;
  const offsetG = { x: x - gravity('x'), y: y - gravity('y'), z: z - gravity('z') };
  const largestG = Math.max(...Object.values(offsetG).map(Math.abs));
  if (largestG > offsetMaxG) return offsetTooLarge(largestG, offsetMaxG);
  const { spreadG } = level;
  return {
    kind: 'fitted',
    values: { offsetG, scale: { ...scale }, axes },
    residuals: { spreadG: Math.max(spreadG.x, spreadG.y, spreadG.z), normErrorG: null, tiltDeg: null },
  };
}

export function offsetTooLarge(offsetG: number, offsetMaxG: number): Refusal {
  return refusal(
    'offset-too-large',
    `a zero offset of ${offsetG.toFixed(2)} g; a sound part has at most ${offsetMaxG} g`,
    'Run `jostle-edge selftest`. Replace the chip, or correct SHOCK_CHIP where another one is fitted.',
  );
}

/** What a calibration makes of a level: acceleration along the axes of the parcel, g. */
export function calibratedLevel({ meanG: { x, y, z } }: RestLevel, values: CalibrationValues): AxesG {
  const xyz = Float32Array.of(x, y, z);
  calibrate(xyz, { id: '', ...values });
  return { x: xyz[0] ?? 0, y: xyz[1] ?? 0, z: xyz[2] ?? 0 };
}

/** Only an earlier calibration can tell: a high-g part's offset is larger than gravity. */
function isLyingOtherwise(level: RestLevel, before: Calibration): boolean {
  if (before.id === UNCALIBRATED.id) return false;
  const { x, y, z } = calibratedLevel(level, before);
  const sizeG = Math.hypot(x, y, z);
  return Math.abs(sizeG - 1) <= TRUSTED_G && z < sizeG * UPRIGHT;
}
