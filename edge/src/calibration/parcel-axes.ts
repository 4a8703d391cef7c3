import type { AxesG } from '../detection/samples.ts';
import type { Calibration, SignedAxis } from './calibration.ts';

export type ParcelAxes = Calibration['axes'];

/**
 * The faces of the parcel in the order in which a tech turns it over, each with the parcel axis that points up when it
 * lies on that face. Of a parcel that stands with its front before the viewer, x points to the right, y to the back and
 * z to the top: faces 2, 6 and 1 of ISO 2206, whose near end (5) is the front.
 */
export const FACES = [
  { name: 'base', up: '+z' },
  { name: 'top', up: '-z' },
  { name: 'left side', up: '+x' },
  { name: 'right side', up: '-x' },
  { name: 'front', up: '+y' },
  { name: 'back', up: '-y' },
] as const satisfies readonly { name: string; up: SignedAxis }[];

/** Name of an axis and its direction, from `+x`. */
export function axisOf(signed: SignedAxis): { axis: keyof AxesG; sign: 1 | -1 } {
  return { axis: signed.slice(1) as keyof AxesG, sign: signed.startsWith('-') ? -1 : 1 };
}

export function signedAxis(axis: keyof AxesG, sign: number): SignedAxis {
  return `${sign < 0 ? '-' : '+'}${axis}`;
}

/** Whether the three are different axes and follow the right-hand rule; a mirrored set cannot be mounted. */
export function isMountable(axes: ParcelAxes): boolean {
  const [a, b, c] = axes.map(vectorOf) as [Vector, Vector, Vector];
  const crossed = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  return crossed.every((value, i) => value === c[i]);
}

/**
 * The chip axes along x, y and z of the parcel, from text such as `+x,-z,+y`; a sign may be left out for plus.
 * Null where it is no such text, or no chip can be mounted so.
 */
export function parcelAxesFrom(text: string): ParcelAxes | null {
  const parts = text.split(',').map((part) => /^([+-]?)([xyz])$/.exec(part.trim().toLowerCase()));
  const axes = parts.flatMap((part) =>
    part === null ? [] : [signedAxis(part[2] as keyof AxesG, part[1] === '-' ? -1 : 1)],
  );
  if (parts.length !== 3 || axes.length !== 3) return null;
  return isMountable(axes as ParcelAxes) ? (axes as ParcelAxes) : null;
}

type Vector = [number, number, number];

function vectorOf(signed: SignedAxis): Vector {
  const { axis, sign } = axisOf(signed);
  // Plus zero, so that vectors can be compared.
  return [axis === 'x' ? sign : 0, axis === 'y' ? sign : 0, axis === 'z' ? sign : 0];
}
