import type { ReturnWithFinding } from '@jostle/contracts';
import { table } from '../table/table.ts';
import { fetchReturns } from '../ui/api.ts';
import { el } from '../ui/dom.ts';
import { minuteText, numberText, percentText } from '../ui/format.ts';
import { type Section, section } from '../ui/section.ts';
import { verdictBadge } from '../ui/verdict-badge.ts';
import { devicesSection } from './devices-section.ts';

/** All returns with what is known about each, newest damage first, and the devices below. */
export function returnsPage(): Section[] {
  /** Raised by the reader with "Show more". */
  let pages = 1;
  const returns = section(
    el('section', { class: 'card', 'aria-label': 'Returns' }),
    () => fetchReturns(pages),
    ({ items, next }) => {
      if (items.length === 0) return noReturns();
      const more = el('button', { id: 'more', type: 'button' }, 'Show more');
      more.addEventListener('click', () => {
        pages++;
        more.disabled = true;
        returns.refresh();
      });
      return [el('h1', {}, 'Returns'), summary(items), list(items), ...(next === null ? [] : [more])];
    },
  );
  return [returns, devicesSection()];
}

function list(items: readonly ReturnWithFinding[]): HTMLElement {
  const newestFirst = items.toSorted((a, b) => (a.discoveredAt < b.discoveredAt ? 1 : -1));
  return table<ReturnWithFinding>(
    'Returns, the newest damage first',
    [
      {
        title: 'Return',
        isNowrap: true,
        cell: ({ id }) =>
          el('a', { id: `open-${id}`, href: `#/returns/${encodeURIComponent(id)}`, class: 'row' }, id),
      },
      { title: 'Damage', cell: ({ damageKind }) => damageKind },
      { title: 'Finding', cell: ({ finding }) => (finding === null ? '–' : verdictBadge(finding.verdict)) },
      {
        title: 'Where',
        cell: ({ finding }) =>
          finding?.place == null
            ? '–'
            : el(
                'span',
                {},
                finding.place,
                el('small', {}, ` in the custody of ${finding.custodianName ?? 'unknown'}`),
              ),
      },
      {
        title: 'Drop height',
        isNumber: true,
        cell: ({ finding }) => numberText(finding?.dropHeightM ?? null, 2, 'm'),
      },
      {
        title: 'Probability',
        isNumber: true,
        cell: ({ finding }) => (finding?.share == null ? '–' : percentText(finding.share)),
      },
      { title: 'Discovered', isNowrap: true, cell: ({ discoveredAt }) => minuteText(discoveredAt) },
    ],
    newestFirst,
  );
}

function summary(items: readonly ReturnWithFinding[]): HTMLElement {
  const explained = items.filter(({ finding }) => finding?.verdict === 'transit-event').length;
  const returns = items.length === 1 ? '1 return' : `${items.length} returns`;
  return el(
    'p',
    { class: 'lead' },
    `${returns}, ${explained} explained by an event in transit. Times in UTC.`,
  );
}

function noReturns(): Node[] {
  return [
    el('h1', {}, 'No returns yet'),
    el('p', {}, 'When something comes back damaged, file it and its finding appears here:'),
    el('pre', {}, 'npx jostle import returns FILE.csv'),
    el(
      'p',
      {},
      'or one by one with POST /api/v1/returns; ',
      el('a', { href: '/docs' }, 'the API'),
      ' says how.',
    ),
  ];
}
