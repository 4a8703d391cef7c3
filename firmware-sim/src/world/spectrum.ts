/** Frequency in Hz and acceleration spectral density at a corner of the spectrum, g²/Hz or relative. */
export type SpectrumCorner = readonly [hz: number, density: number];

/** Density between corners that are joined by straight lines on log-log axes; 0 outside. */
export function densityAt(corners: readonly SpectrumCorner[], hz: number): number {
  const upper = corners.findIndex(([cornerHz]) => cornerHz >= hz);
  const [toHz, toDensity] = corners[upper] ?? [0, 0];
  const [fromHz, fromDensity] = corners[upper - 1] ?? [0, 0];
  if (toHz === hz) return toDensity;
  if (upper < 1) return 0;
  return fromDensity * (toDensity / fromDensity) ** (Math.log(hz / fromHz) / Math.log(toHz / fromHz));
}

/** Overall level, the root of the area under the spectrum: g RMS where the density is in g²/Hz. */
export function rmsOf(corners: readonly SpectrumCorner[]): number {
  let area = 0;
  corners.slice(1).forEach(([toHz, toDensity], i) => {
    const [fromHz, fromDensity] = corners[i] ?? [1, 1];
    const slope = Math.log(toDensity / fromDensity) / Math.log(toHz / fromHz);
    // ∫ f^slope is a power, but for slope −1 a logarithm.
    area +=
      Math.abs(slope + 1) < 1e-9
        ? fromDensity * fromHz * Math.log(toHz / fromHz)
        : (toDensity * toHz - fromDensity * fromHz) / (slope + 1);
  });
  return Math.sqrt(area);
}
