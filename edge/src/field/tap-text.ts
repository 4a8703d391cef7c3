import type { Tap } from './tap-watch.ts';

/** One tap in a line, and below it what kept it from being stored. */
export function tapText(number: number, { shock, verdict }: Tap): string {
  const { sensor, peakG, clipped, durationMs, velocityChangeMps, rateHz, isBandwidthLimited } = shock;
  const isLowerBound = clipped.x || clipped.y || clipped.z;
  const values = [
    `peak ${isLowerBound ? '≥ ' : ''}${peakG.resultant.toFixed(1)} g`,
    `${durationMs.toFixed(1)} ms`,
    `${velocityChangeMps.toFixed(2)} m/s`,
    `${sensor} at ${rateHz.toFixed(0)} Hz`,
    verdict.isStored ? 'would be stored' : 'would not be stored',
  ];
  const notes = [
    ...verdict.missed,
    ...(isBandwidthLimited ? ['short for this rate: the true peak may be higher'] : []),
  ];
  return [`tap ${number}  ${values.join(', ')}`, ...notes.map((note) => `       ${note}`), ''].join('\n');
}
