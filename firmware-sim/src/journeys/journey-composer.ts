import { JostleError, MINUTE_MS } from '@jostle/contracts';
import type { ClimateEpisode } from '../world/climate.ts';
import { type CustodyStart, type Journey, pieceDurationMs } from '../world/journey.ts';
import type { Piece } from '../world/pieces.ts';
import { seededRandom } from '../world/random.ts';
import { eventCount, SURVEY } from './handling-survey.ts';
import { JOURNEY_LEGS, type JourneyLeg } from './journey-legs.ts';
import { roughEvent, routineEvents } from './rough-events.ts';

/** What kind of journeys are wanted. */
export interface JourneyPlan {
  /** Wall time, ms since the epoch. */
  startsAt: number;
  /** From packing to the customer, at least `shortestJourneyMs`. */
  durationMs: number;
  /** Mean number of drops, kicks and tosses; 24 without. */
  eventsPerTrip?: number;
  /** Each kind of custodian is one of so many; 3 without. */
  custodians?: number;
}

/** What a leg's routine events take, ms, and each event of rough handling; generous. */
const ROUTINE_MS = 2 * MINUTE_MS;
const EVENT_MS = 45_000;

const DOOR_CHANCE = 0.3;
const REEFER_CHANCE = 0.2;

/** So that the events of a trip find room in the legs that they belong to, ms. */
export function shortestJourneyMs(eventsPerTrip: number): number {
  return ROUTINE_MS + EVENT_MS * eventsPerTrip;
}

/**
 * A plausible shipment from warehouse to customer: legs with their custodians, rough handling with the frequencies of
 * a survey, and now and then a failed refrigeration or an open door. Same seed and plan, same journey.
 *
 * @throws JostleError CONFIG_INVALID where the plan is too short
 */
export function composeJourney(seed: number, plan: JourneyPlan): Journey {
  const { durationMs, eventsPerTrip = SURVEY.eventsPerTrip } = plan;
  const shortestMs = shortestJourneyMs(eventsPerTrip);
  if (durationMs < shortestMs)
    throw new JostleError(
      'CONFIG_INVALID',
      `A journey with ${eventsPerTrip} events takes at least ${Math.ceil(shortestMs / MINUTE_MS)} minutes; give it more time, or fewer events.`,
    );
  const random = seededRandom(seed);
  const counts = eventsByLeg(eventCount(eventsPerTrip, random), random);
  const custody: CustodyStart[] = [];
  const pieces: Piece[] = [];
  let afterMs = 0;
  JOURNEY_LEGS.forEach((leg, i) => {
    const number = 1 + Math.floor(random() * (plan.custodians ?? 3));
    const custodian = leg.custodian === 'CUSTOMER' ? leg.custodian : `${leg.custodian}-${number}`;
    custody.push({ afterMs: Math.round(afterMs), custodian, leg: leg.leg });
    const rough = Array.from({ length: counts[i] ?? 0 }, () => roughEvent(leg, random));
    const events = shuffled([...rough, ...routineEvents(leg, random)], random);
    const stretch = filled(leg, leg.share * durationMs, events, random);
    pieces.push(...stretch);
    afterMs += stretch.reduce((sum, piece) => sum + pieceDurationMs(piece), 0);
  });
  const climate = custody.map(({ afterMs }, i) => ({ afterMs, ...(JOURNEY_LEGS[i] as JourneyLeg).air }));
  return { startsAt: plan.startsAt, pieces, climate, episodes: episodesOf(custody, plan, random), custody };
}

function eventsByLeg(total: number, random: () => number): number[] {
  const counts = JOURNEY_LEGS.map(() => 0);
  for (let event = 0; event < total; event++) {
    let draw = random();
    const leg = JOURNEY_LEGS.findIndex(({ roughShare }) => {
      draw -= roughShare;
      return draw < 0;
    });
    const index = Math.max(0, leg);
    counts[index] = (counts[index] ?? 0) + 1;
  }
  return counts;
}

/** The stretches of a leg, cut at random places at which its events happen. */
function filled(leg: JourneyLeg, durationMs: number, events: Piece[][], random: () => number): Piece[] {
  const eventsMs = events.flat().reduce((sum, piece) => sum + pieceDurationMs(piece), 0);
  const calmMs = Math.max(durationMs - eventsMs, durationMs / 10);
  const cuts = events.map(() => random() * calmMs).toSorted((a, b) => a - b);
  const pieces: Piece[] = [];
  let untilMs = 0;
  let fromMs = 0;
  for (const { share, ...stretch } of leg.stretches) {
    untilMs += share * calmMs;
    while ((cuts[0] ?? Number.POSITIVE_INFINITY) <= untilMs) {
      const cutMs = cuts.shift() ?? untilMs;
      if (cutMs > fromMs) pieces.push({ ...stretch, durationMs: cutMs - fromMs });
      pieces.push(...(events.shift() ?? []));
      fromMs = cutMs;
    }
    if (untilMs > fromMs) pieces.push({ ...stretch, durationMs: untilMs - fromMs });
    fromMs = untilMs;
  }
  return pieces;
}

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);
}

/** The refrigeration of a linehaul fails, or the door of a hub stays open: for a third of the leg. */
function episodesOf(custody: CustodyStart[], plan: JourneyPlan, random: () => number): ClimateEpisode[] {
  const afterOf = (leg: string) => custody.find((held) => held.leg === leg)?.afterMs ?? 0;
  const thirdOf = (leg: string) =>
    ((JOURNEY_LEGS.find((l) => l.leg === leg)?.share ?? 0) * plan.durationMs) / 3;
  const episodes: ClimateEpisode[] = [];
  if (random() < REEFER_CHANCE)
    episodes.push({
      kind: 'reefer-failure',
      afterMs: afterOf('LINEHAUL') + thirdOf('LINEHAUL'),
      durationMs: thirdOf('LINEHAUL'),
      outsideC: 24 + 10 * random(),
      outsidePct: 40,
    });
  if (random() < DOOR_CHANCE)
    episodes.push({
      kind: 'door-open',
      afterMs: afterOf('HUB') + thirdOf('HUB'),
      durationMs: thirdOf('HUB'),
      outsideC: 10 * random() - 5,
      outsidePct: 85,
    });
  return episodes;
}
