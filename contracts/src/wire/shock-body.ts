import Type, { type Static } from '#typebox';
import { CalibrationId, G, Ms, Sensor } from './record-fields.ts';

/** Acceleration per sensor axis and of the resultant, g. */
export const PeakG = Type.Object(
  { x: G, y: G, z: G, resultant: G },
  {
    additionalProperties: false,
    description: 'Faired peak per sensor axis and of the resultant, without gravity.',
  },
);

/** Acceleration around an event, for the eye and for recomputation. */
export const Waveform = Type.Object(
  {
    rateHz: Type.Number({ exclusiveMinimum: 0, description: 'Samples per second, as reconstructed.' }),
    preMs: Type.Number({ minimum: 0, description: 'How much of it lies before the trigger.' }),
    scaleG: Type.Number({ exclusiveMinimum: 0, description: 'Acceleration of one count, g.' }),
    xyz: Type.String({
      description: 'Interleaved x, y, z as little-endian 16-bit integers, deflated, in base64.',
    }),
  },
  { additionalProperties: false },
);

/** Which part of the parcel was hit. */
export const ImpactOrientation = Type.Union(
  [
    Type.Object(
      {
        kind: Type.Enum(['face', 'edge', 'corner']),
        faces: Type.Array(Type.Integer({ minimum: 1, maximum: 6 }), { minItems: 1, maxItems: 3 }),
        angleDeg: Type.Number({ minimum: 0, maximum: 90 }),
      },
      { additionalProperties: false },
    ),
    Type.Object(
      { kind: Type.Literal('unknown'), reason: Type.Enum(['uncalibrated', 'clipped']) },
      { additionalProperties: false },
    ),
  ],
  {
    description:
      'Which face, edge or corner was hit, its faces numbered by ISO 2206 (1 top, 2 right, 3 base, 4 left, 5 near end, 6 far end), and the angle between it and the direction of the velocity change, degrees; or why it is not known.',
  },
);

export const IMPACT_CLASSES = ['drop', 'toss', 'kick'] as const;

/** One triggered shock event, with what the sampling rate allows to be said of it. */
export const ShockBody = Type.Object(
  {
    sensor: Sensor,
    impactAt: Ms,
    peakG: PeakG,
    durationMs: Type.Number({
      minimum: 0,
      description: 'Between the 10 % crossings either side of the peak.',
    }),
    velocityChangeMps: Type.Number({
      minimum: 0,
      description: 'Integral over the pulse, vector first, norm last; includes rebound.',
    }),
    impactClass: Type.Enum([...IMPACT_CLASSES], {
      description: 'A fall and an impact; a launch, a flight and an impact; an impact without a fall.',
    }),
    impactOrientation: Type.Optional(ImpactOrientation),
    freeFallMs: Type.Number({
      minimum: 0,
      description: 'Near-zero-g time before the impact; 0 where none was seen.',
    }),
    dropHeightM: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'From the free fall; null where there was none or where it was a toss.',
    }),
    equivalentDropHeightM: Type.Object(
      { low: Type.Number({ minimum: 0 }), high: Type.Number({ minimum: 0 }) },
      { additionalProperties: false, description: 'From the velocity change, for restitution 1 and 0.' },
    ),
    clipped: Type.Object(
      { x: Type.Boolean(), y: Type.Boolean(), z: Type.Boolean() },
      {
        additionalProperties: false,
        description: 'The axis reached the end of its range: its peak is a lower bound.',
      },
    ),
    rateHz: Type.Number({ exclusiveMinimum: 0, description: 'Samples per second, as reconstructed.' }),
    isBandwidthLimited: Type.Boolean({
      description: 'Fewer than 8 samples span the pulse: the peak may be too low.',
    }),
    fairing: Type.Object(
      {
        filter: Type.Enum(['none', 'butterworth-2-zero-phase'], { description: 'What smoothed the peak.' }),
        cornerHz: Type.Number({ minimum: 0, description: 'Its corner frequency; 0 without one.' }),
      },
      { additionalProperties: false },
    ),
    calibrationId: CalibrationId,
    waveform: Type.Optional(Waveform),
  },
  { additionalProperties: false },
);

export type ShockBody = Static<typeof ShockBody>;
export type Waveform = Static<typeof Waveform>;
export type PeakG = Static<typeof PeakG>;
export type ImpactOrientation = Static<typeof ImpactOrientation>;
export type ImpactClass = (typeof IMPACT_CLASSES)[number];
