import type { AxesG } from '../../detection/samples.ts';
import type { CalibrationValues } from '../at-rest.ts';
import { axisOf, FACES, type ParcelAxes } from '../parcel-axes.ts';
import type { RestSamples } from '../rest-level.ts';

/** Every way in which a chip can be mounted by right angles. */
export const MOUNTINGS: readonly ParcelAxes[] = (['x', 'y', 'z'] as const).flatMap((a, i, names) =>
  [1, 2].flatMap((step) =>
    [0, 1, 2, 3].map((signs): ParcelAxes => {
      const b = names[(i + step) % 3] ?? 'x';
      const c = names[(i + 3 - step) % 3] ?? 'x';
      const [sa, sb] = [signs & 1 ? -1 : 1, signs & 2 ? -1 : 1];
      // Cyclic order is right-handed with an even number of minus signs, the other with an odd one.
      const sc = sa * sb * (step === 1 ? 1 : -1);
      const name = (sign: number, axis: string) => `${sign < 0 ? '-' : '+'}${axis}` as ParcelAxes[number];
      return [name(sa, a), name(sb, b), name(sc, c)];
    }),
  ),
);

/** What a chip with these errors reads, on average, while the parcel feels an acceleration, g. */
export function readingOf({ offsetG, scale, axes }: CalibrationValues, felt: AxesG): AxesG {
  const reading = { ...offsetG };
  for (const [i, parcelAxis] of (['x', 'y', 'z'] as const).entries()) {
    const { axis, sign } = axisOf(axes[i] ?? '+x');
    reading[axis] += (sign * felt[parcelAxis]) / scale[axis];
  }
  return reading;
}

/** Gravity in parcel axes while it lies on a face of `FACES`, turned off the level by two small angles, °. */
export function gravityOn(face: number, tiltsDeg: readonly [number, number] = [0, 0]): AxesG {
  const { axis, sign } = axisOf(FACES[face]?.up ?? '+z');
  const [a = 0, b = 0] = tiltsDeg.map((deg) => Math.sin((deg * Math.PI) / 180));
  const gravity = { x: a, y: b, z: a };
  gravity[axis] = 0;
  const others = Math.hypot(gravity.x, gravity.y, gravity.z);
  gravity[axis] = sign * Math.sqrt(1 - others ** 2);
  return gravity;
}

/** Five seconds at 800 Hz around a mean. */
export function restAround(
  mean: AxesG,
  noise: (sample: number, axis: number) => number = () => 0,
): RestSamples {
  const xyz = new Float32Array(4000 * 3);
  for (let i = 0; i < 4000; i++) {
    xyz[i * 3] = mean.x + noise(i, 0);
    xyz[i * 3 + 1] = mean.y + noise(i, 1);
    xyz[i * 3 + 2] = mean.z + noise(i, 2);
  }
  return { xyz, periodMs: 1.25, lostSamples: 0, rangeG: 200 };
}
