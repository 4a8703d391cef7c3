import { textTable } from '@jostle/contracts';
import { type AccelerometerGlance, isFresh, type SensorGlance } from './glance.ts';
import { readingText } from './reading-text.ts';

const BAR_CELLS = 40;
/** The bar is logarithmic from the weight at rest to the range of the chip: a knock and a fall both show. */
const BAR_FROM_G = 1;
const BAR_TO_G = 200;

/** What is said of a second without any sensor. */
const SILENT = 'no sensor is configured, or the hardware worker of the agent is being started again';

/** One second of `live`. */
export interface LiveFrame {
  /** Wall time, ms since the epoch. */
  atMs: number;
  glances: readonly SensorGlance[];
  /** Largest peak of all seconds so far, g. */
  highestG: number;
}

/** The whole picture for a terminal, to be drawn over the last one. */
export function frameText({ atMs, glances, highestG }: LiveFrame): string {
  if (glances.length === 0) return `${timeText(atMs)} UTC   Ctrl-C ends\n\n${SILENT}\n`;
  const rows = glances.map((glance) => [glance.sensor, valuesOf(glance), stateOf(glance)]);
  const table = textTable(['sensor', 'values', 'state'], rows);
  const shock = glances.find((glance) => glance.kind === 'shock');
  const bar =
    shock === undefined
      ? ''
      : `\n\nshock  1 g ${shockBar(shock.peakG)} 200 g   peak ${peakText(shock)}, highest ${highestG.toFixed(1)} g`;
  return `${timeText(atMs)} UTC   Ctrl-C ends\n\n${table}${bar}\n`;
}

/** The same in one line, for a file or a pipe. */
export function lineText({ atMs, glances }: LiveFrame): string {
  if (glances.length === 0) return `${timeText(atMs)}  ${SILENT}\n`;
  const parts = glances.map((glance) => {
    const state = stateOf(glance);
    return `${glance.sensor} ${state === 'ok' ? valuesOf(glance) : state}`;
  });
  const shock = glances.find((glance) => glance.kind === 'shock');
  const bar = shock === undefined ? '' : ` ${shockBar(shock.peakG, 20)}`;
  return `${timeText(atMs)}  ${parts.join(' | ')}${bar}\n`;
}

/** A bar from 1 g to 200 g; empty at rest and without samples. */
export function shockBar(peakG: number | null, cells: number = BAR_CELLS): string {
  const share = Math.log(Math.max(BAR_FROM_G, peakG ?? 0) / BAR_FROM_G) / Math.log(BAR_TO_G / BAR_FROM_G);
  const full = Math.round(Math.min(1, share) * cells);
  return `${'█'.repeat(full)}${'·'.repeat(cells - full)}`;
}

/** Old values are not shown: next to new ones they would be taken for new. */
function valuesOf(glance: SensorGlance): string {
  if (glance.kind !== 'climate') return `peak ${peakText(glance)} (${glance.samples} samples)`;
  return glance.reading === null || stateOf(glance) !== 'ok' ? '–' : readingText(glance.reading);
}

/** A clipped peak is a lower bound and is shown as one. */
function peakText({ peakG, isClipped }: AccelerometerGlance): string {
  return peakG === null ? '–' : `${isClipped ? '≥ ' : ''}${peakG.toFixed(1)} g`;
}

function stateOf(glance: SensorGlance): string {
  if (glance.fault !== null) return glance.fault;
  if (glance.kind !== 'climate')
    return glance.lostSamples > 0
      ? `${glance.lostSamples} samples lost`
      : glance.samples > 0
        ? 'ok'
        : 'no samples';
  if (glance.ageMs === null) return 'waiting for the first value';
  return isFresh(glance) ? 'ok' : `no new value for ${Math.round(glance.ageMs / 1000)} s`;
}

function timeText(atMs: number): string {
  return new Date(atMs).toISOString().slice(11, 19);
}
