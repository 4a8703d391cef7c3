/**
 * What fraction of a half-sine's peak the largest sample shows at worst, when the peak falls midway between two
 * samples: cos(π / (2 f T)); 0 where the whole pulse can fall between two.
 *
 * @param rateHz samples per second
 * @param durationMs whole duration of the half-sine
 */
export function capturedPeakFraction(rateHz: number, durationMs: number): number {
  const samplesPerPulse = (rateHz * durationMs) / 1000;
  return samplesPerPulse <= 1 ? 0 : Math.cos(Math.PI / (2 * samplesPerPulse));
}
