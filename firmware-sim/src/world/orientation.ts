import type { Vector } from './incident.ts';

/**
 * Outward normal of each face in sensor axes. A package stands before the viewer with face 5 near: 1 is its top, 2 its
 * right side, 3 its base, 4 its left side and 6 its far end (ISO 2206). The sensor lies with z up and x to
 * the right.
 */
const NORMALS = {
  1: [0, 0, 1],
  2: [1, 0, 0],
  3: [0, 0, -1],
  4: [-1, 0, 0],
  5: [0, -1, 0],
  6: [0, 1, 0],
} as const satisfies Record<number, Vector>;

export const FACES = ['1', '2', '3', '4', '5', '6'] as const;

/** Edges by the two faces that meet in them, corners by their three (ISO 2206). */
export const EDGES = [
  '1-2',
  '1-4',
  '1-5',
  '1-6',
  '2-3',
  '2-5',
  '2-6',
  '3-4',
  '3-5',
  '3-6',
  '4-5',
  '4-6',
] as const;
export const CORNERS = ['1-2-5', '1-2-6', '1-4-5', '1-4-6', '2-3-5', '2-3-6', '3-4-5', '3-4-6'] as const;

/** Which part of the package meets the floor first. */
export const ORIENTATIONS = [...FACES, ...EDGES, ...CORNERS] as const;
export type Orientation = (typeof ORIENTATIONS)[number];
/** A side that can be pushed. */
export const SIDES = ['2', '4', '5', '6'] as const;
export type Side = (typeof SIDES)[number];

/** Up in sensor axes, as a unit vector, when the package lands on this face, edge or corner. */
export function upAt(orientation: Orientation): Vector {
  const sum = [0, 0, 0];
  for (const face of orientation.split('-')) {
    const normal = NORMALS[Number(face) as keyof typeof NORMALS];
    for (let axis = 0; axis < 3; axis++) sum[axis] = (sum[axis] ?? 0) - (normal[axis] ?? 0);
  }
  const length = Math.hypot(...sum);
  const [x = 0, y = 0, z = 0] = sum.map((part) => (part === 0 ? 0 : part / length));
  return [x, y, z];
}
