import type { ShockEventDetail, WeighedShock } from '@jostle/contracts';
import { table, tableTwin } from '../table/table.ts';
import { fetchShock } from '../ui/api.ts';
import { el } from '../ui/dom.ts';
import { instantText, numberText, percentText } from '../ui/format.ts';
import { type Samples, samplesOf } from './waveform.ts';
import { waveformPlot } from './waveform-plot.ts';

/** Around the peak this much of the waveform is listed as numbers, ms either side. */
const LISTED_MS = 15;

/** The plot shows at first the free fall, the peak, and this much before and after, ms. */
const AROUND_MS = 120;

/** What an event is never changes, so it is asked for once. Key: id of the shock event. */
const known = new Map<string, Promise<ShockEventDetail>>();

/** The numbers of a shock event, and its waveform as soon as it is there. */
export function shockCard(shock: WeighedShock, title: string): HTMLElement {
  const place = el('div', {}, el('p', {}, 'Loading the waveform …'));
  waveform(shock).then(
    (content) => place.replaceChildren(...content),
    () => {
      known.delete(shock.id);
      place.replaceChildren(el('p', {}, 'The waveform could not be loaded. Reload the page to try again.'));
    },
  );
  return el('section', { class: 'card', 'aria-label': title }, el('h2', {}, title), numbers(shock), place);
}

function numbers(shock: WeighedShock): HTMLElement {
  const { low, high } = shock.equivalentDropHeightM;
  const atLeast = shock.isClipped || shock.isBandwidthLimited ? 'at least ' : '';
  const shown: [string, string][] = [
    ['When (UTC)', instantText(shock.impactAt)],
    ['Class', shock.impactClass],
    ['Peak', `${atLeast}${numberText(shock.peakG.resultant, 0, 'g')}`],
    ['Duration', numberText(shock.durationMs, 1, 'ms')],
    ['Velocity change', numberText(shock.velocityChangeMps, 2, 'm/s')],
    ['Free fall', numberText(shock.freeFallMs, 0, 'ms')],
    ['Drop height', numberText(shock.dropHeightM, 2, 'm')],
    ['Equivalent drop height', `${low.toFixed(2)} to ${high.toFixed(2)} m`],
    [
      'Damage boundary',
      shock.margin === null ? shock.boundary : `${shock.boundary}, ${shock.margin.toFixed(2)} ×`,
    ],
    ['Chance that it breaks the product', percentText(shock.damageProbability)],
    ['Recorded by', `${shock.device} at ${numberText(shock.rateHz, 0, 'Hz')}`],
  ];
  return el(
    'dl',
    { class: 'facts' },
    ...shown.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
  );
}

async function waveform({ id, freeFallMs }: WeighedShock): Promise<Node[]> {
  const asked = known.get(id) ?? fetchShock(id);
  known.set(id, asked);
  const detail = await asked;
  if (detail.waveform === null) return [el('p', {}, 'This event came without a waveform.')];
  const samples = await samplesOf(detail.waveform);
  const { ms, resultant } = samples;
  const peakMs = ms[indexOfPeak(resultant)] ?? 0;
  const shown = {
    fromMs: Math.max(ms[0] ?? 0, peakMs - freeFallMs - AROUND_MS),
    toMs: Math.min(ms.at(-1) ?? 0, peakMs + AROUND_MS),
  };
  return [
    waveformPlot(samples, shown),
    el('p', { class: 'lead' }, 'Drag over the plot to look closer, double-click to see all of it.'),
    tableTwin('waveform', 'Waveform around the peak as a table', listing(samples)),
  ];
}

function indexOfPeak(resultant: readonly number[]): number {
  return resultant.indexOf(resultant.reduce((a, b) => Math.max(a, b), 0));
}

function listing({ ms, x, y, z, resultant }: Samples): HTMLElement {
  const peakMs = ms[indexOfPeak(resultant)] ?? 0;
  const rows = ms.flatMap((at, i) => (Math.abs(at - peakMs) <= LISTED_MS ? [{ at, i }] : []));
  const g = (title: string, values: readonly number[]) => ({
    title,
    isNumber: true,
    cell: ({ i }: { at: number; i: number }) => (values[i] ?? 0).toFixed(1),
  });
  return table(
    `Acceleration in g, ${LISTED_MS} ms either side of the peak`,
    [
      { title: 'ms', isNumber: true, cell: ({ at }) => at.toFixed(1) },
      g('x', x),
      g('y', y),
      g('z', z),
      g('resultant', resultant),
    ],
    rows,
  );
}
