import { textTable } from '@jostle/contracts';
import {
  type CalibrationEntry,
  type CalibrationHistory,
  currentEntry,
  entriesOf,
} from '../calibration/calibration-history.ts';
import { axisOf } from '../calibration/parcel-axes.ts';
import type { Refusal } from '../calibration/refusal.ts';
import { milligravities, type RestLevel } from '../calibration/rest-level.ts';

const BAR_CELLS = 30;
const HOW_WORDS: Record<CalibrationEntry['how'], string> = {
  'at-rest': 'at rest on its base',
  'six-position': 'on six faces',
};

/** A bar that is full at 1. */
export function progressBar(share: number): string {
  const full = Math.round(Math.max(0, Math.min(1, share)) * BAR_CELLS);
  return `${'█'.repeat(full)}${'·'.repeat(BAR_CELLS - full)}`;
}

/** What the samples of one step came to, in one line. */
export function levelText(level: RestLevel | Refusal): string {
  if (level.kind === 'refused') return `${level.found}.\n→ ${level.fix}`;
  const { x, y, z } = level.meanG;
  const axes = [x, y, z].map(gravities).join(', ');
  return `still, ${level.samples} samples: ${axes} g, steady within ${milligravities(level.spreadG)} mg`;
}

/** To a hundredth, without a minus before zero. */
function gravities(g: number): string {
  return (Math.round(g * 100) / 100 + 0).toFixed(2);
}

/** One calibration: how it was made, its values by chip axis, and what it leaves unexplained. */
export function calibrationText(sensor: string, entry: CalibrationEntry): string {
  const { calibration, madeAt, how, temperatureC } = entry;
  const { offsetG, scale, axes } = calibration;
  const at = new Date(madeAt).toISOString().slice(0, 16).replace('T', ' ');
  const warmth = temperatureC === null ? '' : `, at ${temperatureC.toFixed(1)} °C`;
  const rows = (['x', 'y', 'z'] as const).map((axis) => {
    const parcel = axes.findIndex((signed) => axisOf(signed).axis === axis);
    const sign = axisOf(axes[parcel] ?? '+x').sign < 0 ? '−' : '+';
    return [axis, `${offsetG[axis].toFixed(3)} g`, scale[axis].toFixed(4), `${sign}${'xyz'[parcel]}`];
  });
  const table = textTable(['chip axis', 'zero offset', 'scale', 'parcel axis'], rows);
  return `${sensor}  ${calibration.id}\nmade ${at} UTC ${HOW_WORDS[how]}${warmth}; ${residualText(entry)}\n\n${table}\n`;
}

/** Every calibration of a sensor, the newest first, with the one in use marked. */
export function historyText(sensor: string, history: CalibrationHistory): string {
  const current = currentEntry(history, sensor);
  const entries = [...entriesOf(history, sensor)].reverse();
  const inUse =
    current === null
      ? `${sensor}  uncalibrated: the chip is taken as it reads\n`
      : calibrationText(sensor, current);
  if (entries.length === 0) return inUse;
  const rows = entries.map((entry) => [
    entry.calibration.id,
    new Date(entry.madeAt).toISOString().slice(0, 10),
    HOW_WORDS[entry.how],
    (['x', 'y', 'z'] as const).map((axis) => entry.calibration.offsetG[axis].toFixed(2)).join(', '),
    entry === current ? 'in use' : '',
  ]);
  return `${inUse}\n${textTable(['calibration', 'day', 'made', 'zero offset, g', ''], rows)}\n`;
}

function residualText({ residuals: { spreadG, normErrorG, tiltDeg } }: CalibrationEntry): string {
  const steady = `steady within ${Math.round(spreadG * 1000)} mg`;
  if (normErrorG === null || tiltDeg === null) return steady;
  return `${steady}, |g| within ${(normErrorG * 1000).toFixed(0)} mg, faces within ${tiltDeg.toFixed(1)}° of the axes`;
}
