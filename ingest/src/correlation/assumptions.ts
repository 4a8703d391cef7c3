import type { Finding, FindingLeg } from '@jostle/contracts';
import { EVENTS_PER_TRIP } from './attribution.ts';
import { hasRecordedCause } from './damage-compatibility.ts';
import { productLimit } from './excursion-fragility.ts';
import type { ReturnCase } from './return-case.ts';
import { REFERENCE_FRAGILITY } from './shock-fragility.ts';
import { durationInWords } from './wording.ts';

/** Raised whenever the same input would give another finding. */
export const METHOD_VERSION = '1';

/** The method of one finding: what it took for granted, in sentences a reader can dispute. */
export function methodOf(
  given: ReturnCase,
  legs: readonly FindingLeg[],
  custodyGapEvents: number,
  undatedEvents: number,
): Finding['method'] {
  const { criticalAccelerationG, criticalVelocityChangeMps } = REFERENCE_FRAGILITY;
  const shocks = legs.flatMap((leg) => leg.shocks);
  const excursions = legs.flatMap((leg) => leg.excursions);
  const lines: [applies: boolean, text: string][] = [
    [
      true,
      'Shocks are weighed as felt by the recorder, at the level of the outer box, in every direction alike.',
    ],
    [true, 'Damage after the last leg, when it was unpacked or used, is left out.'],
    [true, 'One parcel in a hundred is taken to have been damaged before its way began.'],
    [
      true,
      `Time that was not observed is taken to hold its part of ${EVENTS_PER_TRIP} shock events per trip, of which one in 1,200 does damage.`,
    ],
    [
      !hasRecordedCause(given.damageKind),
      'No recorder can see what causes damage of this kind: the whole way counts as not observed for it.',
    ],
    [
      given.product.fragility === null,
      `The fragility of ${given.product.sku} was never tested: a wide curve around ${criticalAccelerationG} g and ${criticalVelocityChangeMps} m/s stands in.`,
    ],
    [
      shocks.some((s) => s.isClipped),
      'An axis of a shock event reached the end of its range: its peak and velocity change are lower bounds.',
    ],
    [
      shocks.some((s) => s.isBandwidthLimited),
      'A shock event was too short for the sampling rate: its peak is a lower bound.',
    ],
    [
      excursions.some((e) => productLimit(e, given.product.climateLimits) === null),
      'The product has no limit for an excursion that was recorded: the limit set on the device stands in.',
    ],
    [excursions.length > 0, 'An excursion is taken to have stayed at its extreme for its whole time.'],
    [
      custodyGapEvents > 0,
      `${custodyGapEvents} events fell into times for which no leg is recorded; they count as not observed.`,
    ],
    [
      undatedEvents > 0,
      `The clock of a device was not set: of ${undatedEvents} events the leg is not known; they count as not observed, as if all of them had happened on the way.`,
    ],
    [
      given.undatedCoverageMs > 0,
      `The clock of a device was not set: for ${durationInWords(given.undatedCoverageMs)} it watched, at a time that is not known; they count as not observed.`,
    ],
  ];
  return {
    version: METHOD_VERSION,
    assumptions: lines.filter(([applies]) => applies).map(([, text]) => text),
  };
}
