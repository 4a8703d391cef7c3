import { type Finding, type FindingLeg, textTable } from '@jostle/contracts';
import { findingCompletenessText } from './completeness-text.ts';
import { wrap } from './terminal.ts';

/** A finding for the terminal: verdict, explanation, then the tables that it rests on. */
export function findingText(finding: Finding, width: number): string {
  const { returnId, shipment, shares, legs, gaps, observedMinutes, unobservedMinutes, method } = finding;
  const events = legs.flatMap((leg) => [...shockRows(leg), ...excursionRows(leg)]);
  const minutes = observedMinutes + unobservedMinutes;
  const observed = minutes === 0 ? '' : `, ${percent(observedMinutes / minutes)} of the way`;
  return [
    `Return ${returnId}${shipment === null ? '' : `, shipment ${shipment}`}`,
    wrap(verdictText(finding), width),
    '',
    wrap(finding.explanation, width),
    '',
    textTable(
      ['share', 'where'],
      shares.map(({ share, label, legId }) => [
        percent(share),
        legId === null ? label : `${label} (leg ${legId})`,
      ]),
    ),
    '',
    events.length === 0
      ? 'No shock event or excursion was recorded.'
      : textTable(['time', 'leg', 'event', 'peak', 'ΔV', 'drop height', 'damage boundary'], events),
    '',
    `Observed: ${round(observedMinutes)} min${observed}. Not observed: ${round(unobservedMinutes)} min.`,
    ...(gaps.length === 0
      ? []
      : [
          textTable(
            ['from', 'to', 'not observed because'],
            gaps.map((gap) => [gap.startsAt, gap.endsAt, gap.reason]),
          ),
        ]),
    ...(finding.completeness === undefined
      ? []
      : ['', ...findingCompletenessText(finding.completeness, finding.missing ?? [])]),
    '',
    ...method.assumptions.map((assumption) => wrap(`Assumed: ${assumption}`, width)),
    `Method ${method.version}, computed ${finding.computedAt}`,
    '',
  ].join('\n');
}

function verdictText({ verdict, cause }: Finding): string {
  if (verdict === 'transit-event' && cause !== null)
    return `TRANSIT EVENT: ${cause.place}, in the hands of ${cause.custodianName} (${percent(cause.share)})`;
  if (verdict === 'no-transit-event') return 'NO TRANSIT EVENT explains the damage';
  if (verdict === 'not-observed') return 'NOT OBSERVED: too little was recorded to say anything';
  return 'UNDETERMINED: no single event stands out as the cause';
}

type EventRow = [string, string, string, string | null, string | null, string | null, string | null];

function shockRows({ legId, shocks }: FindingLeg): EventRow[] {
  return shocks.map((shock) => [
    shock.impactAt,
    legId,
    shock.impactClass,
    `${shock.isClipped ? '> ' : ''}${shock.peakG.resultant.toFixed(0)} g`,
    `${shock.velocityChangeMps.toFixed(2)} m/s`,
    shock.dropHeightM === null ? null : `${shock.dropHeightM.toFixed(2)} m`,
    shock.boundary,
  ]);
}

function excursionRows({ legId, excursions }: FindingLeg): EventRow[] {
  return excursions.map(({ startedAt, quantity, side, limit, extreme }) => {
    const unit = quantity === 'temperature' ? '°C' : '%RH';
    return [
      startedAt,
      legId,
      `${quantity} ${side} ${limit} ${unit}, to ${extreme} ${unit}`,
      null,
      null,
      null,
      null,
    ];
  });
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function round(minutes: number): string {
  return minutes.toFixed(minutes < 10 ? 1 : 0);
}
