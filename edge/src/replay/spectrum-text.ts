import { textTable } from '@jostle/contracts';
import { USUAL_QUALITY } from '../detection/index.ts';
import type { ReplayedEvent } from './replay.ts';

/** A third-octave line of which every third is shown, so that the table has octaves. */
const LINES_PER_OCTAVE = 3;

/** What oscillators on the sensor's place would have done, one line per event; empty without an event. */
export function spectrumText(events: readonly ReplayedEvent[]): string {
  const spectra = events.flatMap(({ atS, spectrum }) => (spectrum === null ? [] : [{ atS, ...spectrum }]));
  const clipped = events.length - spectra.length;
  const left = clipped === 0 ? '' : `No spectrum of ${clipped} clipped event${clipped === 1 ? '' : 's'}.\n`;
  const first = spectra[0];
  if (first === undefined) return left;
  const octaves = first.x.map((_, i) => i).filter((i) => i % LINES_PER_OCTAVE === 2);
  const header = ['at s', ...octaves.map((i) => `${first.x[i]?.frequencyHz} Hz`), 'PV m/s', 'severity'];
  const rows = spectra.map(({ atS, x, y, z, pseudoVelocityMps, severity }) => [
    atS.toFixed(3),
    ...octaves.map((i) => Math.max(...[x, y, z].map((axis) => axis[i]?.maximaxG ?? 0)).toFixed(1)),
    pseudoVelocityMps.toFixed(2),
    severity,
  ]);
  const title = `Shock response spectrum (g, maximax of the largest axis, Q = ${USUAL_QUALITY}) and pseudo-velocity`;
  return `${title}\n\n${textTable(header, rows)}\n${left}`;
}
