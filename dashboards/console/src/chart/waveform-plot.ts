import uPlot from 'uplot';
import { el } from '../ui/dom.ts';
import type { Samples } from './waveform.ts';

const HEIGHT = 260;

/** Each line has its own colour, taken from the style sheet, and its own dash: one of the two is enough. */
const LINES: readonly { label: string; colour: string; dash?: number[]; width: number }[] = [
  { label: 'x', colour: '--line-x', dash: [6, 4], width: 1.75 },
  { label: 'y', colour: '--line-y', dash: [2, 3], width: 1.75 },
  { label: 'z', colour: '--line-z', dash: [10, 3, 2, 3], width: 1.75 },
  { label: 'resultant', colour: '--line-resultant', width: 2 },
];

/** The part of a plot that is shown at first, ms. */
export interface Shown {
  fromMs: number;
  toMs: number;
}

/** The waveform as a plot that follows the width of its place and the colour scheme. */
export function waveformPlot({ ms, x, y, z, resultant }: Samples, { fromMs, toMs }: Shown): HTMLElement {
  const place = el('div', { class: 'plot', 'aria-hidden': 'true' });
  let plot: uPlot | undefined;
  const draw = () => {
    plot?.destroy();
    plot = new uPlot(options(place), [ms, x, y, z, resultant], place);
    plot.setScale('x', { min: fromMs, max: toMs });
  };
  const scheme = matchMedia('(prefers-color-scheme: dark)');
  scheme.addEventListener('change', draw);
  const observer = new ResizeObserver(() => {
    if (!place.isConnected) {
      observer.disconnect();
      scheme.removeEventListener('change', draw);
      plot?.destroy();
    } else if (plot === undefined) draw();
    else plot.setSize({ width: place.clientWidth, height: HEIGHT });
  });
  observer.observe(place);
  return place;
}

function options(place: HTMLElement): uPlot.Options {
  const style = getComputedStyle(place);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const axis = {
    stroke: colour('--ink'),
    grid: { stroke: colour('--grid') },
    ticks: { stroke: colour('--grid') },
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false } },
    axes: [
      { ...axis, label: 'ms from the trigger' },
      { ...axis, label: 'acceleration, g', size: 56 },
    ],
    series: [
      { label: 'ms', value: (_, value) => (value === null ? '–' : value.toFixed(1)) },
      ...LINES.map(({ label, colour: name, dash, width }) => ({
        label,
        stroke: colour(name),
        width,
        ...(dash === undefined ? {} : { dash }),
        points: { show: false },
        value: (_: uPlot, value: number | null) => (value === null ? '–' : `${value.toFixed(1)} g`),
      })),
    ],
  };
}
