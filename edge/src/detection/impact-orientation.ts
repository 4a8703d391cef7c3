import type { ImpactOrientation, ShockBody } from '@jostle/contracts';
import { type AxesG, distanceG } from './samples.ts';

/**
 * Numbers of the faces by ISO 2206 (identification of parts): of a parcel whose near end is towards the viewer, 1 top,
 * 2 right side, 3 base, 4 left side, 5 near end, 6 far end. x points to the right side, y to the far end, z to the top.
 */
const FACES = { x: { '1': 2, '-1': 4 }, y: { '1': 6, '-1': 5 }, z: { '1': 1, '-1': 3 } } as const;
const SIGNS = [-1, 0, 1] as const;
const KINDS = ['face', 'edge', 'corner'] as const;

type Sign = (typeof SIGNS)[number];
interface Part {
  /** Outwards. */
  direction: AxesG;
  kind: (typeof KINDS)[number];
  faces: number[];
}

/** Every face, edge and corner: the 26 directions of a cube. The device does not know how long the parcel's sides are. */
const PARTS: readonly Part[] = SIGNS.flatMap((x) =>
  SIGNS.flatMap((y) => SIGNS.filter((z) => x !== 0 || y !== 0 || z !== 0).map((z) => partAt(x, y, z))),
);

/**
 * Which part of the parcel was hit: the one against whose outward direction the velocity changed.
 *
 * @param velocityChange along the axes of the parcel, in any unit
 * @param isCalibrated whether the axes are known to be those of the parcel
 */
export function impactOrientation(
  velocityChange: AxesG,
  clipped: ShockBody['clipped'],
  isCalibrated: boolean,
): ImpactOrientation {
  if (!isCalibrated) return { kind: 'unknown', reason: 'uncalibrated' };
  if (clipped.x || clipped.y || clipped.z) return { kind: 'unknown', reason: 'clipped' };
  const size = distanceG(velocityChange);
  const cosine = ({ direction: { x, y, z } }: Part) =>
    -(x * velocityChange.x + y * velocityChange.y + z * velocityChange.z) / size;
  const nearest = PARTS.reduce((best, part) => (cosine(part) > cosine(best) ? part : best));
  const angleDeg = (Math.acos(Math.min(1, cosine(nearest))) * 180) / Math.PI;
  return { kind: nearest.kind, faces: nearest.faces, angleDeg: Number(angleDeg.toFixed(1)) };
}

function partAt(x: Sign, y: Sign, z: Sign): Part {
  const faces = [
    ...(x === 0 ? [] : [FACES.x[x]]),
    ...(y === 0 ? [] : [FACES.y[y]]),
    ...(z === 0 ? [] : [FACES.z[z]]),
  ].sort((a, b) => a - b);
  const length = Math.sqrt(faces.length);
  const kind = KINDS[faces.length - 1] ?? 'face';
  return { direction: { x: x / length, y: y / length, z: z / length }, kind, faces };
}
