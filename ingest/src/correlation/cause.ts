import type { Finding, FindingLeg, WeighedExcursion, WeighedShock } from '@jostle/contracts';
import type { VerdictGrounds } from './verdict.ts';
import { placeOf } from './wording.ts';

/** What the verdict needs to know about the legs. */
export function leadingLeg(
  legs: readonly FindingLeg[],
): Pick<
  VerdictGrounds,
  'topShare' | 'topEventProbability' | 'hasClippedEvent' | 'hasSevereIncompatibleEvent'
> {
  const top = likeliest(legs, (leg) => leg.share);
  const shocks = legs.flatMap((leg) => leg.shocks);
  return {
    topShare: top?.share ?? 0,
    topEventProbability: top === undefined ? 0 : Math.max(...probabilities(top)),
    hasClippedEvent: shocks.some((s) => s.isClipped && s.damageProbability > 0),
    hasSevereIncompatibleEvent: shocks.some((s) => s.damageProbability === 0 && (s.margin ?? 0) > 1),
  };
}

/** The likeliest leg and the worst event of it. */
export function causeOf(legs: readonly FindingLeg[]): Finding['cause'] {
  const leg = likeliest(legs, (l) => l.share);
  if (leg === undefined) return null;
  const shock = likeliest<WeighedShock>(leg.shocks, (s) => s.damageProbability) ?? null;
  const excursion = likeliest<WeighedExcursion>(leg.excursions, (e) => e.damageProbability) ?? null;
  const isShock = (shock?.damageProbability ?? 0) >= (excursion?.damageProbability ?? 0);
  return {
    legId: leg.legId,
    custodian: leg.custodian,
    custodianName: leg.custodianName,
    place: placeOf(leg),
    share: leg.share,
    shock: isShock ? shock : null,
    excursion: isShock ? null : excursion,
  };
}

function probabilities({ shocks, excursions }: FindingLeg): number[] {
  return [0, ...[...shocks, ...excursions].map((event) => event.damageProbability)];
}

/** The first of those with the largest value. */
function likeliest<T>(all: readonly T[], value: (one: T) => number): T | undefined {
  return all.reduce<T | undefined>(
    (best, one) => (best === undefined || value(one) > value(best) ? one : best),
    undefined,
  );
}
