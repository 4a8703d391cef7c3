import Type, { type Static } from '@jostle/contracts/typebox';

const OffsetG = Type.Number({ minimum: -20, maximum: 20 });
const Scale = Type.Number({ minimum: 0.8, maximum: 1.25 });
const SignedAxis = Type.Enum(['+x', '-x', '+y', '-y', '+z', '-z']);

/** How the readings of one accelerometer become accelerations along the axes of the parcel. */
export const Calibration = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 64, description: 'Names these values; records carry it.' }),
    offsetG: Type.Object(
      { x: OffsetG, y: OffsetG, z: OffsetG },
      { additionalProperties: false, description: 'What each chip axis reads at zero acceleration, g.' },
    ),
    scale: Type.Object(
      { x: Scale, y: Scale, z: Scale },
      { additionalProperties: false, description: 'What a reading without its offset is multiplied with.' },
    ),
    axes: Type.Tuple([SignedAxis, SignedAxis, SignedAxis], {
      description:
        'The chip axis along x, y and z of the parcel; z points from its base to its top, x to its right, y to its back.',
    }),
  },
  { additionalProperties: false },
);
export type Calibration = Static<typeof Calibration>;
export type SignedAxis = Static<typeof SignedAxis>;

/** A chip that nobody has calibrated: taken as it reads. */
export const UNCALIBRATED: Calibration = {
  id: 'none',
  offsetG: { x: 0, y: 0, z: 0 },
  scale: { x: 1, y: 1, z: 1 },
  axes: ['+x', '+y', '+z'],
};

/** Whether the axes of what it gives are those of the parcel: only then a face has a name. */
export function isCalibrated({ id }: Calibration): boolean {
  return id !== UNCALIBRATED.id;
}

const AXIS_INDEX = { x: 0, y: 1, z: 2 } as const;

/**
 * Turns readings along the chip's axes into accelerations along the parcel's, in place.
 *
 * @param xyz interleaved x, y, z in g
 */
export function calibrate(xyz: Float32Array, { offsetG, scale, axes }: Calibration): void {
  const offsets = [offsetG.x, offsetG.y, offsetG.z];
  const factors = [scale.x, scale.y, scale.z];
  const from = axes.map((axis) => AXIS_INDEX[axis.slice(1) as 'x' | 'y' | 'z']);
  const signs = axes.map((axis) => (axis.startsWith('-') ? -1 : 1));
  const chip = [0, 0, 0];
  for (let i = 0; i < xyz.length; i += 3) {
    for (let k = 0; k < 3; k++)
      chip[k] = ((xyz[i + k] as number) - (offsets[k] as number)) * (factors[k] as number);
    for (let k = 0; k < 3; k++) xyz[i + k] = (signs[k] as number) * (chip[from[k] as number] as number);
  }
}
