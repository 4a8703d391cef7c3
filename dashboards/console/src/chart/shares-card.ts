import type { Finding } from '@jostle/contracts';
import { el, svg } from '../ui/dom.ts';
import { percentText } from '../ui/format.ts';

/** How probable each place of the damage is: one bar for each, with its name and number in words. */
export function sharesCard({ shares, cause }: Finding): HTMLElement {
  const rows = shares.map(({ kind, legId, label, share }) =>
    el(
      'tr',
      { class: legId !== null && legId === cause?.legId ? 'cause' : undefined },
      el('th', { scope: 'row' }, label),
      el('td', { class: 'number' }, percentText(share)),
      el('td', { class: 'bar' }, bar(kind, share)),
    ),
  );
  return el(
    'section',
    { class: 'card', 'aria-label': 'Shares' },
    el('h2', {}, 'Where the damage was done'),
    el(
      'table',
      { class: 'shares' },
      el('caption', {}, 'Probability of each leg, of packing, and of time that was not observed'),
      el('tbody', {}, ...rows),
    ),
  );
}

function bar(kind: 'leg' | 'packing' | 'unobserved', share: number): SVGSVGElement {
  const width = `${(share * 100).toFixed(2)}%`;
  return svg(
    'svg',
    { height: 14, width: '100%', 'aria-hidden': 'true' },
    svg('rect', { class: 'track', width: '100%', height: 14, rx: 3 }),
    svg('rect', { class: `share ${kind}`, width, height: 14, rx: 3 }),
  );
}
