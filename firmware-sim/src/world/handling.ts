import type { SpectrumCorner } from './spectrum.ts';

/** Kinds of handling that shake a parcel without hitting it. */
export type HandlingKind = 'rest' | 'conveyor' | 'truck' | 'hand-carry';

interface Handling {
  /** RMS of the vertical vibration, g. */
  rmsG: number;
  /** RMS of each horizontal axis over the vertical one. */
  sideways: number;
  corners: readonly SpectrumCorner[];
}

/**
 * How each kind shakes. All stay far below the trigger of a shock recorder: what such a recorder must not report.
 *
 * The truck's spectrum has the corners of the truck schedule of ASTM D4169; its level lies below the mildest of
 * that schedule (assurance level III, 0.37 g RMS), which compresses a long ride into hours, as a sealed road does.
 * The others are orders of magnitude of ours.
 */
export const HANDLING: Readonly<Record<HandlingKind, Handling>> = {
  rest: {
    rmsG: 0.002,
    sideways: 1,
    corners: [
      [2, 1],
      [50, 1],
    ],
  },
  conveyor: {
    rmsG: 0.1,
    sideways: 0.5,
    corners: [
      [5, 0.1],
      [20, 1],
      [100, 1],
      [200, 0.1],
    ],
  },
  truck: {
    rmsG: 0.25,
    sideways: 0.4,
    corners: [
      [1, 0.00005],
      [4, 0.01],
      [16, 0.01],
      [40, 0.001],
      [80, 0.001],
      [200, 0.00001],
    ],
  },
  'hand-carry': {
    rmsG: 0.12,
    sideways: 0.6,
    corners: [
      [1, 1],
      [3, 1],
      [8, 0.1],
    ],
  },
};
