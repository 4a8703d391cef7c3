import type { SpectrumCorner } from './spectrum.ts';

/** Assurance levels: I is the most severe and II the one that is taken without a reason for another. */
export const TRUCK_LEVELS = ['I', 'II', 'III'] as const;
export type TruckLevel = (typeof TRUCK_LEVELS)[number];

const LEVEL_II: readonly SpectrumCorner[] = [
  [1, 0.000_05],
  [4, 0.01],
  [16, 0.01],
  [40, 0.001],
  [80, 0.001],
  [200, 0.000_01],
];

/**
 * Vertical vibration of a truck, g²/Hz by Hz: the truck profile of ASTM D4169-14, Schedule E (random vibration). Its levels differ by factors of two in density; their overall levels are 0.73, 0.52 and
 * 0.37 g RMS, which is also what these corners integrate to.
 */
export const TRUCK_SPECTRA: Readonly<Record<TruckLevel, readonly SpectrumCorner[]>> = {
  I: LEVEL_II.map(([hz, density]) => [hz, density * 2]),
  II: LEVEL_II,
  III: LEVEL_II.map(([hz, density]) => [hz, density / 2]),
};
