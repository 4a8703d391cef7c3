import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { impactOrientation } from './impact-orientation.ts';

const NOT_CLIPPED = { x: false, y: false, z: false };
const orientation = (x: number, y: number, z: number) => impactOrientation({ x, y, z }, NOT_CLIPPED, true);

describe('the part that was hit', () => {
  test.each([
    ['the floor pushes the base up', [0, 0, 5], 'face', [3]],
    ['it falls on its top', [0, 0, -5], 'face', [1]],
    ['it is pushed to the left', [-2, 0, 0], 'face', [2]],
    ['it is pushed to the right', [2, 0, 0], 'face', [4]],
    ['it is pushed towards the near end', [0, -2, 0], 'face', [6]],
    ['it is pushed towards the far end', [0, 2, 0], 'face', [5]],
    ['it falls on the edge of base and near end', [0, 3, 3], 'edge', [3, 5]],
    ['it falls on the corner of right side, base and near end', [-3, 3, 3], 'corner', [2, 3, 5]],
    ['it falls on the corner of top, left side and far end', [3, -3, -3], 'corner', [1, 4, 6]],
  ] as const)('when %s', (_, [x, y, z], kind, faces) => {
    expect(orientation(x, y, z)).toEqual({ kind, faces, angleDeg: 0 });
  });

  test('is told with the angle to it', () => {
    expect(orientation(Math.tan(Math.PI / 18), 0, 1)).toEqual({ kind: 'face', faces: [3], angleDeg: 10 });
  });

  test('depends on the direction alone', () => {
    const part = fc.double({ min: -10, max: 10, noNaN: true }).filter((v) => Math.abs(v) > 0.01);
    fc.assert(
      fc.property(part, part, part, fc.double({ min: 0.1, max: 10, noNaN: true }), (x, y, z, k) => {
        const one = orientation(x, y, z);
        const more = orientation(k * x, k * y, k * z);
        if (one.kind === 'unknown' || more.kind === 'unknown') throw new Error('known axes give a part');
        expect(more.faces).toEqual(one.faces);
        // Between a face and the corners around it no direction is further away than the corner of their middle.
        expect(one.angleDeg).toBeLessThan(30);
        expect(one.faces).toHaveLength({ face: 1, edge: 2, corner: 3 }[one.kind]);
      }),
    );
  });
});

describe('no part is guessed', () => {
  test('where nobody has calibrated the axes', () => {
    expect(impactOrientation({ x: 0, y: 0, z: 5 }, NOT_CLIPPED, false)).toEqual({
      kind: 'unknown',
      reason: 'uncalibrated',
    });
  });

  test.each(['x', 'y', 'z'] as const)('where %s is clipped', (axis) => {
    const clipped = { ...NOT_CLIPPED, [axis]: true };
    expect(impactOrientation({ x: 0, y: 0, z: 5 }, clipped, true)).toEqual({
      kind: 'unknown',
      reason: 'clipped',
    });
  });
});
