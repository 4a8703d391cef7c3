import type { WeighedExcursion, WeighedShock } from '@jostle/contracts';
import { boundaryPosition } from './damage-boundary.ts';
import { canCause, hazardKindOf } from './damage-compatibility.ts';
import { excursionDamageProbability } from './excursion-fragility.ts';
import { hazardOf } from './hazards.ts';
import { holds, type Interval, intersectionOf, lengthOf, unionOf } from './intervals.ts';
import type { ObservedExcursion, ObservedShock, ReturnCase } from './return-case.ts';
import { earliestInRest, shockEventOf } from './shock-event.ts';
import { shockDamageProbability } from './shock-fragility.ts';

/** What was recorded in one stretch of the way, weighed against the product and the reported damage. */
export interface StretchEvidence {
  shocks: WeighedShock[];
  excursions: WeighedExcursion[];
  hazard: number;
}

/** Two recorders on one shipment feel one impact; stamps this close are taken for the same one. */
const SAME_IMPACT_MS = 1000;

/** The events of the case that fall into `stretch` while their device travelled with the shipment. */
export function evidenceOf(stretch: Interval, given: ReturnCase): StretchEvidence {
  const within = (device: string): Interval[] =>
    intersectionOf(unionOf([stretch]), unionOf(given.windows.filter((w) => w.device === device)));
  const shocks = given.shocks.filter((shock) => isShockIn(within(shock.device), shock));
  const excursions = given.excursions.map((excursion) => ({
    excursion,
    durationMs: durationWithin(excursion, within(excursion.device)),
  }));
  return weighedEvidence(shocks, excursions, given);
}

/**
 * Events of which it is not known whether they fall into this stretch of the way or that one: their clock was not set,
 * and the times between which they lie reach over more than one. They may have happened before or after the way too.
 */
export function undatedEvidence(stretches: readonly Interval[], given: ReturnCase): StretchEvidence {
  const travelled = (device: string) => unionOf(given.windows.filter((w) => w.device === device));
  const isUndated = (event: ObservedShock | ObservedExcursion, span: Interval) =>
    event.bounded !== undefined &&
    intersectionOf([span], travelled(event.device)).length > 0 &&
    !stretches.some((stretch) => holdsWhole(intersectionOf([stretch], travelled(event.device)), span));
  const shocks = given.shocks.filter((shock) => isUndated(shock, shockSpan(shock)));
  const excursions = given.excursions
    .filter((excursion) => isUndated(excursion, excursionSpan(excursion)))
    .map((excursion) => ({ excursion, durationMs: durationOf(excursion) }));
  return weighedEvidence(shocks, excursions, given);
}

function weighedEvidence(
  given: readonly ObservedShock[],
  lasting: readonly { excursion: ObservedExcursion; durationMs: number }[],
  about: ReturnCase,
): StretchEvidence {
  const shocks = given
    .toSorted((a, b) => a.body.impactAt - b.body.impactAt || (a.id < b.id ? -1 : 1))
    .map((shock) => weighedShock(shock, about));
  const excursions = lasting
    .filter(({ durationMs }) => durationMs > 0)
    .toSorted(
      (a, b) =>
        a.excursion.body.startedAt - b.excursion.body.startedAt || (a.excursion.id < b.excursion.id ? -1 : 1),
    )
    .map(({ excursion, durationMs }) => weighedExcursion(excursion, durationMs, about));
  return { shocks, excursions, hazard: shockHazard(shocks) + excursionHazard(excursions) };
}

function isShockIn(times: readonly Interval[], shock: ObservedShock): boolean {
  return shock.bounded === undefined
    ? holds(times, shock.body.impactAt)
    : holdsWhole(times, shockSpan(shock));
}

/** The times at which a bounded shock may have happened. */
function shockSpan({ body, bounded }: ObservedShock): Interval {
  return { startsAt: bounded?.earliestAt ?? Number.NEGATIVE_INFINITY, endsAt: body.impactAt + 1 };
}

function excursionSpan(excursion: ObservedExcursion): Interval {
  const { body, bounded } = excursion;
  const startsAt = bounded?.earliestAt ?? Number.NEGATIVE_INFINITY;
  return { startsAt, endsAt: body.startedAt + Math.max(1, durationOf(excursion)) };
}

/** Of one that is still open, nothing but its start is known. */
function durationOf({ body }: ObservedExcursion): number {
  return (body.endedAt ?? body.startedAt) - body.startedAt;
}

function holdsWhole(times: readonly Interval[], { startsAt, endsAt }: Interval): boolean {
  return times.some((time) => time.startsAt <= startsAt && endsAt <= time.endsAt);
}

function weighedShock(shock: ObservedShock, { product, damageKind }: ReturnCase): WeighedShock {
  const event = shockEventOf(shock);
  const peakG = event.peakG.resultant;
  const { verdict, margin } = boundaryPosition(peakG, event.velocityChangeMps, product.fragility);
  return {
    ...event,
    boundary: verdict,
    margin,
    damageProbability: canCause('shock', damageKind)
      ? shockDamageProbability(peakG, event.velocityChangeMps, product.fragility)
      : 0,
  };
}

function weighedExcursion(
  { body, bounded }: ObservedExcursion,
  durationMs: number,
  { product, damageKind }: ReturnCase,
): WeighedExcursion {
  return {
    quantity: body.quantity,
    side: body.side,
    limit: body.limit,
    extreme: body.extreme,
    startedAt: new Date(body.startedAt).toISOString(),
    endedAt: body.endedAt === null ? null : new Date(body.endedAt).toISOString(),
    ...(bounded !== undefined && earliestInRest(bounded)),
    damageProbability: canCause(hazardKindOf(body), damageKind)
      ? excursionDamageProbability(body, durationMs, product.climateLimits)
      : 0,
  };
}

function durationWithin(excursion: ObservedExcursion, times: readonly Interval[]): number {
  const { body, bounded } = excursion;
  if (bounded !== undefined) return holdsWhole(times, excursionSpan(excursion)) ? durationOf(excursion) : 0;
  const endsAt = body.endedAt ?? Number.POSITIVE_INFINITY;
  return lengthOf(intersectionOf(times, [{ startsAt: body.startedAt, endsAt }]));
}

/** Impacts add up; one impact that several recorders felt counts once, by the recorder that saw most. */
function shockHazard(shocks: readonly WeighedShock[]): number {
  let total = 0;
  let impactAt = Number.NEGATIVE_INFINITY;
  /** Hazard of the current impact by device. */
  let byDevice = new Map<string, number>();
  const closeImpact = () => {
    total += Math.max(0, ...byDevice.values());
    byDevice = new Map();
  };
  for (const shock of shocks) {
    const at = Date.parse(shock.impactAt);
    if (at - impactAt > SAME_IMPACT_MS) {
      closeImpact();
      impactAt = at;
    }
    byDevice.set(shock.device, (byDevice.get(shock.device) ?? 0) + hazardOf(shock.damageProbability));
  }
  closeImpact();
  return total;
}

/** Sensors beside each other see one warm room: of each quantity and side only the worst excursion counts. */
function excursionHazard(excursions: readonly WeighedExcursion[]): number {
  /** Worst hazard by hazard kind. */
  const worst = new Map<string, number>();
  for (const excursion of excursions) {
    const kind = hazardKindOf(excursion);
    worst.set(kind, Math.max(worst.get(kind) ?? 0, hazardOf(excursion.damageProbability)));
  }
  return [...worst.values()].reduce((sum, h) => sum + h, 0);
}
