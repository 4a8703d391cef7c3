import type { Finding, FindingLeg, WeighedExcursion, WeighedShock } from '@jostle/contracts';
import { table, tableTwin } from '../table/table.ts';
import { el } from '../ui/dom.ts';
import {
  instantText,
  minutesText,
  minuteText,
  numberText,
  partText,
  percentText,
  unitOf,
} from '../ui/format.ts';
import { journeyChart } from './journey-chart.ts';

/** The journey on one time axis, and its tables: legs, shock events, time that was not observed. */
export function journeyCard(finding: Finding): HTMLElement {
  const card = el('section', { class: 'card', 'aria-label': 'Journey' }, el('h2', {}, 'The journey'));
  if (finding.legs.length === 0) {
    card.append(
      el(
        'p',
        {},
        'No leg of this shipment is on record. Add its legs with POST /api/v1/legs to see who held it when.',
      ),
    );
    return card;
  }
  const chart = el('div', { class: 'journey' });
  const observer = new ResizeObserver(([entry]) => {
    if (!chart.isConnected) observer.disconnect();
    else if (entry !== undefined) chart.replaceChildren(journeyChart(finding, entry.contentRect.width));
  });
  observer.observe(chart);
  card.append(
    chart,
    key(),
    legsTable(finding.legs),
    shocksTwin(finding),
    ...excursionsTwin(finding),
    gapsTwin(finding),
  );
  return card;
}

function key(): HTMLElement {
  return el(
    'ul',
    { class: 'key' },
    el('li', {}, '● a shock event, higher for a higher peak'),
    el('li', {}, '◆ a hand-off to another custodian'),
    el('li', { class: 'hatched' }, 'hatched: not observed'),
    el('li', {}, 'times in UTC'),
  );
}

function legsTable(legs: readonly FindingLeg[]): HTMLElement {
  const rows = legs.map((leg, i) => ({ ...leg, number: i + 1 }));
  return table(
    'Legs in the order of the journey',
    [
      { title: 'Leg', cell: ({ number, mode }) => `${number} ${mode}`, isNowrap: true },
      { title: 'Custodian', cell: (leg) => leg.custodianName },
      { title: 'Where', cell: ({ from, to }) => (from === to ? from : `${from} to ${to}`) },
      { title: 'From', cell: (leg) => minuteText(leg.startsAt), isNowrap: true },
      {
        title: 'Observed',
        isNumber: true,
        cell: ({ observedMinutes, unobservedMinutes }) => partText(observedMinutes, unobservedMinutes),
      },
      { title: 'Shock events', isNumber: true, cell: ({ shocks }) => String(shocks.length) },
      { title: 'Share', isNumber: true, cell: ({ share }) => percentText(share) },
    ],
    rows,
  );
}

function shocksTwin({ legs }: Finding): HTMLElement {
  const shocks = legs.flatMap((leg, i) => leg.shocks.map((shock) => ({ ...shock, leg: i + 1 })));
  const content =
    shocks.length === 0
      ? el('p', {}, 'No shock event was recorded.')
      : table<WeighedShock & { leg: number }>(
          'Shock events in the order of time',
          [
            { title: 'When', cell: ({ impactAt }) => instantText(impactAt) },
            { title: 'Leg', isNumber: true, cell: ({ leg }) => String(leg) },
            { title: 'Class', cell: ({ impactClass }) => impactClass },
            { title: 'Peak', isNumber: true, cell: ({ peakG }) => numberText(peakG.resultant, 0, 'g') },
            { title: 'ΔV', isNumber: true, cell: (s) => numberText(s.velocityChangeMps, 1, 'm/s') },
            { title: 'Drop height', isNumber: true, cell: (s) => numberText(s.dropHeightM, 2, 'm') },
            { title: 'Boundary', cell: ({ boundary }) => boundary },
            { title: 'Damages with', isNumber: true, cell: (s) => percentText(s.damageProbability) },
          ],
          shocks,
        );
  return tableTwin('shocks', `Shock events as a table (${shocks.length})`, content);
}

function excursionsTwin({ legs }: Finding): HTMLElement[] {
  const excursions = legs.flatMap((leg, i) =>
    leg.excursions.map((excursion) => ({ ...excursion, leg: i + 1 })),
  );
  if (excursions.length === 0) return [];
  const content = table<WeighedExcursion & { leg: number }>(
    'Climate excursions by leg',
    [
      { title: 'Leg', isNumber: true, cell: ({ leg }) => String(leg) },
      { title: 'From', cell: ({ startedAt }) => minuteText(startedAt) },
      { title: 'To', cell: ({ endedAt }) => (endedAt === null ? 'still open' : minuteText(endedAt)) },
      { title: 'What', cell: (e) => `${e.quantity} ${e.side} ${e.limit} ${unitOf(e.quantity)}` },
      { title: 'As far as', isNumber: true, cell: (e) => numberText(e.extreme, 1, unitOf(e.quantity)) },
      { title: 'Damages with', isNumber: true, cell: (e) => percentText(e.damageProbability) },
    ],
    excursions,
  );
  return [tableTwin('excursions', `Climate excursions (${excursions.length})`, content)];
}

function gapsTwin({ gaps }: Finding): HTMLElement {
  const content =
    gaps.length === 0
      ? el('p', {}, 'The whole way was observed.')
      : table<Finding['gaps'][number]>(
          'Stretches that were not observed',
          [
            { title: 'From', cell: ({ startsAt }) => instantText(startsAt) },
            { title: 'To', cell: ({ endsAt }) => instantText(endsAt) },
            {
              title: 'Duration',
              isNumber: true,
              cell: (gap) => minutesText((Date.parse(gap.endsAt) - Date.parse(gap.startsAt)) / 60_000),
            },
            { title: 'Reason', cell: ({ reason }) => reason },
          ],
          gaps,
        );
  return tableTwin('gaps', `Not observed, as a table (${gaps.length})`, content);
}
