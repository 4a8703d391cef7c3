import { type Finding, type FindingLeg, MINUTE_MS } from '@jostle/contracts';
import { methodOf } from './assumptions.ts';
import { attribution, unobservedHazard } from './attribution.ts';
import { causeOf, leadingLeg } from './cause.ts';
import {
  custodyGaps,
  type Gap,
  joinedGaps,
  type StretchCoverage,
  stretchCoverage,
  watchedTime,
} from './coverage.ts';
import { hasRecordedCause } from './damage-compatibility.ts';
import { evidenceOf, type StretchEvidence, undatedEvidence } from './evidence.ts';
import { explanationOf } from './explanation.ts';
import { lengthOf } from './intervals.ts';
import { devicesInOrder, missingInOrder } from './missing-wording.ts';
import type { CaseLeg, ReturnCase } from './return-case.ts';
import { verdictOf } from './verdict.ts';
import { placeOf } from './wording.ts';

/** A finding before it is stored: its id and its time are not the correlator's. */
export type CorrelatedFinding = Omit<Finding, 'id' | 'computedAt'>;

interface ExaminedLeg {
  leg: CaseLeg;
  coverage: StretchCoverage;
  evidence: StretchEvidence;
}

/**
 * What the records say about the cause of one return. The same case gives the same finding,
 * whatever the order of its rows.
 */
export function correlate(given: ReturnCase): CorrelatedFinding {
  const watched = watchedTime(given.windows, given.coverage);
  const examined = given.legs
    .toSorted((a, b) => a.startsAt - b.startsAt || (a.id < b.id ? -1 : 1))
    .map((leg) => ({ leg, coverage: stretchCoverage(leg, watched), evidence: evidenceOf(leg, given) }));
  const ownerless = custodyGaps(given.legs);
  const ownerlessEvidence = ownerless.map((gap) => evidenceOf(gap, given));
  const undated = undatedEvidence([...given.legs, ...ownerless], given);
  const gaps = joinedGaps([...examined.flatMap(({ coverage }) => coverage.gaps), ...ownerless]);
  const unobservedMs = lengthOf(gaps);
  const observedMs = examined.reduce((sum, { coverage }) => sum + lengthOf(coverage.observed), 0);
  const wayMs = observedMs + unobservedMs;
  // Of a kind of damage that no recorder can see, the whole way went unseen.
  const unseenMs = hasRecordedCause(given.damageKind) ? unobservedMs : wayMs;
  const shares = attribution(
    examined.map(({ leg, evidence }) => ({ legId: leg.id, label: labelOf(leg), hazard: evidence.hazard })),
    unobservedHazard(unseenMs, wayMs) + hazardSum([...ownerlessEvidence, undated]),
  );
  const legs = examined.map((one, i) => findingLeg(one, shares[i]?.share ?? 0));
  const verdict = verdictOf({
    ...leadingLeg(legs),
    totalHazard: hazardSum([...examined.map(({ evidence }) => evidence), ...ownerlessEvidence, undated]),
    observedPart: observedMs === 0 ? 0 : observedMs / wayMs,
  });
  const finding = {
    verdict,
    cause: verdict === 'transit-event' ? causeOf(legs) : null,
    shares,
    observedMinutes: observedMs / MINUTE_MS,
    unobservedMinutes: unobservedMs / MINUTE_MS,
    gaps: gaps.map(gapInRest),
    ...(given.completeness !== undefined && { completeness: devicesInOrder(given.completeness) }),
    ...(given.missing !== undefined && { missing: missingInOrder(given.missing) }),
    legs,
    ...(eventCount([undated]) > 0 && { undated: { shocks: undated.shocks, excursions: undated.excursions } }),
  };
  return {
    returnId: given.returnId,
    shipment: given.shipment,
    method: methodOf(given, legs, eventCount(ownerlessEvidence), eventCount([undated])),
    ...finding,
    explanation: explanationOf(finding, given),
  };
}

function findingLeg({ leg, coverage, evidence }: ExaminedLeg, share: number): FindingLeg {
  return {
    legId: leg.id,
    mode: leg.mode,
    custodian: leg.custodian,
    custodianName: leg.custodianName,
    from: leg.from,
    to: leg.to,
    startsAt: new Date(leg.startsAt).toISOString(),
    endsAt: new Date(leg.endsAt).toISOString(),
    observedMinutes: lengthOf(coverage.observed) / MINUTE_MS,
    unobservedMinutes: lengthOf(coverage.gaps) / MINUTE_MS,
    hazard: evidence.hazard,
    share,
    shocks: evidence.shocks,
    excursions: evidence.excursions,
  };
}

function labelOf(leg: CaseLeg): string {
  return `${placeOf(leg)} (${leg.mode}, ${leg.custodianName})`;
}

function gapInRest({ startsAt, endsAt, reason }: Gap): Finding['gaps'][number] {
  return { startsAt: new Date(startsAt).toISOString(), endsAt: new Date(endsAt).toISOString(), reason };
}

function hazardSum(evidence: readonly StretchEvidence[]): number {
  return evidence.reduce((sum, { hazard }) => sum + hazard, 0);
}

function eventCount(evidence: readonly StretchEvidence[]): number {
  return evidence.reduce((sum, { shocks, excursions }) => sum + shocks.length + excursions.length, 0);
}
