import { hazardOf, sharesOf } from './hazards.ts';

/** Probability that a parcel was damaged before its way began. A prior until enough returns were seen. */
const PACKING_PROBABILITY = 0.01;

/**
 * Shock events of a one-way trip by parcel express: 1,187 recorded over 25 round trips, about 24 each way
 * (El-Khateeb, "The measurement and analysis of the USPS Express shipping environment", 1993).
 */
export const EVENTS_PER_TRIP = 24;

/** One event in 1,200 does damage, so that two trips in a hundred end with it. A prior, as above. */
const DAMAGE_PER_EVENT = 1 / 1200;

export interface LegHazard {
  legId: string;
  label: string;
  hazard: number;
}

export interface Share {
  kind: 'leg' | 'packing' | 'unobserved';
  legId: string | null;
  label: string;
  share: number;
}

/**
 * Hazard of what nobody watched: the usual events of a trip, spread evenly over the minutes of this one.
 * A way without any recorded leg is a trip that was not watched at all.
 */
export function unobservedHazard(unobservedMs: number, wayMs: number): number {
  const unobservedPart = wayMs === 0 ? 1 : unobservedMs / wayMs;
  return EVENTS_PER_TRIP * unobservedPart * hazardOf(DAMAGE_PER_EVENT);
}

/**
 * How probable each leg, the packing and the unobserved time is as the place of the damage; sums to 1.
 *
 * @param unobserved hazard of the time that was not watched, or that nobody's custody covers
 */
export function attribution(legs: readonly LegHazard[], unobserved: number): Share[] {
  const shares = sharesOf([...legs.map((leg) => leg.hazard), hazardOf(PACKING_PROBABILITY), unobserved]);
  const causes = [
    ...legs.map(({ legId, label }) => ({ kind: 'leg' as const, legId, label })),
    { kind: 'packing' as const, legId: null, label: 'Packing or manufacture' },
    { kind: 'unobserved' as const, legId: null, label: 'What no recorder saw' },
  ];
  return causes.map((cause, i) => ({ ...cause, share: shares[i] ?? 0 }));
}
