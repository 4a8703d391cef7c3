import type { Finding, WeighedExcursion, WeighedShock } from '@jostle/contracts';
import { hasRecordedCause } from './damage-compatibility.ts';
import { missingInWords, silenceInWords, stillToComeInWords } from './missing-wording.ts';
import { observationInWords } from './observation-wording.ts';
import type { ReturnCase } from './return-case.ts';
import { instantInWords, listInWords, percentInWords, placeOf } from './wording.ts';

/** All of a finding that the paragraph speaks about. */
export type Explained = Pick<
  Finding,
  | 'verdict'
  | 'cause'
  | 'shares'
  | 'legs'
  | 'undated'
  | 'gaps'
  | 'completeness'
  | 'missing'
  | 'observedMinutes'
  | 'unobservedMinutes'
>;

/** Of a parcel whose near end is towards the viewer, faces 1 to 6 (ISO 2206, identification of parts). */
const FACE_NAMES = ['top', 'right side', 'base', 'left side', 'near end', 'far end'];

/** A leg with a smaller share is not named among the likeliest. */
const WORTH_NAMING = 0.1;

/** One paragraph that quality control can read to a carrier: what happened, when, in whose hands, what nobody saw. */
export function explanationOf(finding: Explained, given: ReturnCase): string {
  return [
    reported(given),
    whichShipment(given),
    ...account(finding, given),
    undatedInWords(finding),
    rest(finding),
    observationInWords(finding),
    missingInWords(finding.missing ?? []),
    stillToComeInWords(finding.completeness),
    silenceInWords(finding.completeness),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function reported({ product, damageKind, severity }: ReturnCase): string {
  const kind = damageKind === 'unknown' ? 'damaged in a way that was not described' : damageKind;
  const extent = severity === 'unknown' ? '' : ` (severity: ${severity})`;
  return `${product.name} was reported ${kind === 'malfunction' ? 'not working' : kind}${extent}.`;
}

function whichShipment({ possibleShipments }: ReturnCase): string {
  if (possibleShipments.length === 0) return '';
  return `Its order line went out in ${possibleShipments.length} shipments (${listInWords(possibleShipments.toSorted())}), and the return does not say in which of them it came: name the shipment on the return.`;
}

function account(finding: Explained, given: ReturnCase): string[] {
  switch (finding.verdict) {
    case 'transit-event':
      return causeInWords(finding, given);
    case 'no-transit-event':
      return ['No transit event explains this damage.', strongest(finding), unseenKind(given)];
    case 'undetermined':
      return [
        hasRecordedCause(given.damageKind)
          ? `Events were recorded on the way, but none of them stands out as the cause${likeliestLegs(finding)}.`
          : 'Events were recorded on the way, but they do not cause this kind of damage.',
        strongest(finding),
        unseenKind(given),
      ];
    case 'not-observed':
      return ['Too little of the way was observed to say where the damage came from.', strongest(finding)];
  }
}

function causeInWords({ cause }: Explained, given: ReturnCase): string[] {
  if (cause === null) return [];
  const at = cause.shock?.impactAt ?? cause.excursion?.startedAt ?? '';
  const event =
    cause.shock !== null
      ? shockInWords(cause.shock)
      : cause.excursion !== null
        ? excursionInWords(cause.excursion)
        : 'an event';
  const where = `${cause.place.includes(' to ') ? 'between' : 'at'} ${cause.place.replace(' to ', ' and ')}`;
  return [
    `On ${instantInWords(at)} ${where}, in the custody of ${cause.custodianName}, the recorder that travelled with it saw ${event}.`,
    ...(cause.shock === null ? [] : [boundaryInWords(cause.shock, given)]),
    `With a probability of ${percentInWords(cause.share)} the damage was done on this leg.`,
  ];
}

function shockInWords(shock: WeighedShock): string {
  const atLeast = shock.isClipped ? 'at least ' : '';
  const fall = shock.dropHeightM === null ? '' : `a fall of ${shock.dropHeightM.toFixed(2)} m, `;
  const numbers = `${fall}a peak of ${atLeast}${shock.peakG.resultant.toFixed(0)} g and a velocity change of ${atLeast}${shock.velocityChangeMps.toFixed(1)} m/s`;
  return `a ${shock.impactClass}${partHit(shock)}: ${numbers}`;
}

function partHit({ impactOrientation }: WeighedShock): string {
  if (impactOrientation === null || impactOrientation.kind === 'unknown') return '';
  const names = impactOrientation.faces.map((face) => FACE_NAMES[face - 1] ?? '');
  return impactOrientation.kind === 'face'
    ? ` on the ${names[0]}`
    : ` on the ${impactOrientation.kind} of ${listInWords(names)}`;
}

function excursionInWords({ quantity, side, limit, extreme }: WeighedExcursion): string {
  const unit = quantity === 'temperature' ? '°C' : '%RH';
  return `the ${quantity} ${side} its limit of ${limit} ${unit}, as far as ${extreme.toFixed(1)} ${unit}`;
}

function boundaryInWords({ boundary }: WeighedShock, { product }: ReturnCase): string {
  if (product.fragility === null) return 'How much the product withstands was never tested.';
  const { criticalAccelerationG, criticalVelocityChangeMps } = product.fragility;
  const limits = `The product is known to withstand ${criticalAccelerationG} g or ${criticalVelocityChangeMps} m/s`;
  return `${limits}; this impact is ${boundary === 'inside' ? 'well beyond both' : 'beyond both, by little in velocity change'}.`;
}

function likeliestLegs({ legs }: Explained): string {
  const named = legs
    .filter((leg) => leg.share >= WORTH_NAMING)
    .toSorted((a, b) => b.share - a.share)
    .map((leg) => `${placeOf(leg)} (${leg.custodianName}, ${percentInWords(leg.share)})`);
  return named.length === 0 ? '' : `: ${listInWords(named)}`;
}

function strongest({ legs }: Explained): string {
  const shocks = legs.flatMap((leg) => leg.shocks.map((shock) => ({ shock, place: placeOf(leg) })));
  const [first] = shocks.toSorted((a, b) => severity(b.shock) - severity(a.shock));
  if (first === undefined) return 'No shock event was recorded.';
  const { shock, place } = first;
  const compared =
    shock.margin === null
      ? ''
      : `, ${percentInWords(shock.margin)} of what the product is known to withstand`;
  return `The strongest shock event (${place}, ${instantInWords(shock.impactAt)}) had a peak of ${shock.peakG.resultant.toFixed(0)} g and a velocity change of ${shock.velocityChangeMps.toFixed(1)} m/s${compared}.`;
}

function severity({ margin, velocityChangeMps }: WeighedShock): number {
  return margin ?? velocityChangeMps;
}

function unseenKind({ damageKind }: ReturnCase): string {
  return hasRecordedCause(damageKind)
    ? ''
    : 'Damage of this kind leaves no trace that the recorders could have seen.';
}

/** The strongest event that may have happened on the way, or not. */
function undatedInWords({ undated }: Explained): string {
  if (undated === undefined) return '';
  const { shocks, excursions } = undated;
  const [first] = shocks.toSorted((a, b) => severity(b) - severity(a));
  const event = first ?? excursions[0];
  if (event === undefined) return '';
  const latest = 'impactAt' in event ? event.impactAt : event.startedAt;
  const when =
    event.earliestAt === null || event.earliestAt === undefined
      ? `some time before ${instantInWords(latest)}`
      : `between ${instantInWords(event.earliestAt)} and ${instantInWords(latest)}`;
  const what = 'impactAt' in event ? shockInWords(event) : excursionInWords(event);
  const others = shocks.length + excursions.length - 1;
  const more = others === 0 ? '' : `, and ${others} more ${others === 1 ? 'event' : 'events'} like it`;
  return `A recorder whose clock was not set saw, ${when}, ${what}${more}: on which leg is not known.`;
}

function rest({ shares }: Explained): string {
  const of = (kind: string) => percentInWords(shares.find((s) => s.kind === kind)?.share ?? 0);
  return `Packing or manufacture has a probability of ${of('packing')}, what no recorder saw ${of('unobserved')}.`;
}
