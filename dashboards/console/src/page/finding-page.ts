import type { Finding, Return, WeighedExcursion, WeighedShock } from '@jostle/contracts';
import { journeyCard } from '../chart/journey-card.ts';
import { sharesCard } from '../chart/shares-card.ts';
import { shockCard } from '../chart/shock-card.ts';
import { fetchFinding, fetchReturn } from '../ui/api.ts';
import { shortCompletenessText } from '../ui/completeness-text.ts';
import { el } from '../ui/dom.ts';
import {
  instantText,
  minuteText,
  numberText,
  partText,
  percentText,
  unbroken,
  unitOf,
} from '../ui/format.ts';
import { type Section, section } from '../ui/section.ts';
import { verdictBadge } from '../ui/verdict-badge.ts';
import { completenessCards } from './completeness-card.ts';
import { devicesSection } from './devices-section.ts';

/** The answer for one return: verdict first, then the reasons for it. */
export function findingPage(returnId: string): Section[] {
  const finding = section(
    el('div', { class: 'finding' }),
    async () => ({ claim: await fetchReturn(returnId), finding: await fetchFinding(returnId) }),
    ({ claim, finding }) => [
      verdictCard(claim, finding),
      sharesCard(finding),
      journeyCard(finding),
      ...shockCards(finding),
      ...completenessCards(finding),
      methodCard(finding),
    ],
  );
  return [finding, devicesSection()];
}

function verdictCard(claim: Return, finding: Finding): HTMLElement {
  return el(
    'section',
    { class: `card verdict ${finding.verdict}`, 'aria-label': 'Verdict' },
    el('p', {}, el('a', { href: '#/', id: 'back' }, '← All returns')),
    el(
      'p',
      { class: 'lead' },
      `Return ${claim.id} · order ${claim.orderId}, line ${claim.line} · ${claim.damageKind}`,
    ),
    el('h1', {}, headline(finding)),
    verdictBadge(finding.verdict),
    facts(finding),
    el('p', { class: 'explanation' }, unbroken(finding.explanation)),
    ...(claim.note === undefined
      ? []
      : [el('p', { class: 'lead' }, `Note of the customer: “${claim.note}”`)]),
  );
}

function headline({ verdict, cause }: Finding): string {
  const preposition = cause?.place.includes(' to ') === true ? 'on the way from' : 'at';
  switch (verdict) {
    case 'transit-event':
      return `${capital(cause?.shock?.impactClass ?? 'climate excursion')} ${preposition} ${cause?.place ?? 'an unknown place'}`;
    case 'no-transit-event':
      return 'No event on the way explains the damage';
    case 'undetermined':
      return 'The records do not single out a cause';
    case 'not-observed':
      return 'Too little of the way was observed';
  }
}

function facts({ cause, observedMinutes, unobservedMinutes, completeness }: Finding): HTMLElement {
  const way = observedMinutes + unobservedMinutes;
  const shown: [string, string][] = [];
  if (cause !== null) {
    shown.push(['Custodian', cause.custodianName], ['Probability', percentText(cause.share)]);
    const at = cause.shock?.impactAt ?? cause.excursion?.startedAt;
    if (at !== undefined) shown.push(['When (UTC)', minuteText(at)]);
    if (cause.shock !== null) shown.push(...shockFacts(cause.shock));
    if (cause.excursion !== null) shown.push(...excursionFacts(cause.excursion));
  }
  shown.push(['Observed', way === 0 ? 'no leg on record' : partText(observedMinutes, unobservedMinutes)]);
  if (completeness !== undefined) shown.push(['Completeness', shortCompletenessText(completeness)]);
  return el(
    'dl',
    { class: 'facts' },
    ...shown.map(([term, value]) => el('div', {}, el('dt', {}, term), el('dd', {}, value))),
  );
}

function shockFacts(shock: WeighedShock): [string, string][] {
  return [
    ['Drop height', numberText(shock.dropHeightM, 2, 'm')],
    ['Peak', numberText(shock.peakG.resultant, 0, 'g')],
    ['Velocity change', numberText(shock.velocityChangeMps, 1, 'm/s')],
  ];
}

function excursionFacts({ quantity, side, limit, extreme }: WeighedExcursion): [string, string][] {
  const unit = unitOf(quantity);
  return [
    [`Limit of ${quantity}`, `${side === 'above' ? 'at most' : 'at least'} ${limit} ${unit}`],
    ['As far as', numberText(extreme, 1, unit)],
  ];
}

/** The shock that is the cause or, where there is no cause, the strongest one. */
function shockCards({ cause, legs }: Finding): HTMLElement[] {
  if (cause !== null) return cause.shock === null ? [] : [shockCard(cause.shock, 'The shock event')];
  const strongest = legs
    .flatMap((leg) => leg.shocks)
    .toSorted(
      (a, b) => b.damageProbability - a.damageProbability || b.peakG.resultant - a.peakG.resultant,
    )[0];
  return strongest === undefined ? [] : [shockCard(strongest, 'The strongest shock event')];
}

function methodCard({ method, computedAt, id }: Finding): HTMLElement {
  return el(
    'section',
    { class: 'card', 'aria-label': 'Method' },
    el(
      'details',
      { id: 'method' },
      el('summary', {}, 'What this finding takes for granted'),
      el('ul', {}, ...method.assumptions.map((text) => el('li', {}, text))),
      el(
        'p',
        {},
        el(
          'small',
          {},
          `Method ${method.version}, computed ${instantText(computedAt)} UTC, finding ${id.slice(0, 12)}`,
        ),
      ),
    ),
  );
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
