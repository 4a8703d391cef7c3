import { CORNERS, EDGES, FACES, type Orientation } from '../world/orientation.ts';

export type RoughHandling = 'drop' | 'kick' | 'toss';

/**
 * What instrumented parcels met on 25 round trips by an express service (El-Khateeb, Michigan State University, 1993:
 * 1187 events): the shares of drops, kicks and tosses, the 95th percentile and the maximum of each, and about 24
 * events on a trip one way. Where a recorder of that survey began to see them, is a guess of ours.
 */
export const SURVEY = {
  eventsPerTrip: 24,
  share: { drop: 0.437, kick: 0.319, toss: 0.244 },
  dropM: { least: 0.05, p95: 0.813, most: 1.84 },
  tossM: { least: 0.05, p95: 0.533, most: 1.12 },
  kickMps: { least: 0.8, p95: 4.775, most: 7.34 },
} as const;

type Range = { least: number; p95: number; most: number };

/** Share of falls that end on a corner and on an edge (a packaging laboratory's observation, opti-pack.org). */
const CORNER_SHARE = 0.92;
const EDGE_SHARE = 0.04;

export function roughHandling(random: () => number): RoughHandling {
  const draw = random();
  if (draw < SURVEY.share.drop) return 'drop';
  return draw < SURVEY.share.drop + SURVEY.share.kick ? 'kick' : 'toss';
}

/** Exponential: then 0.1 % and 0.2 % lie beyond the survey's maxima, which is what 519 drops and 290 tosses give. */
export function fallHeightM(range: Range, random: () => number): number {
  const mean = (range.p95 - range.least) / Math.log(20);
  return Math.min(range.most, range.least - mean * Math.log(1 - random()));
}

/** Rayleigh: then 0.1 % lie beyond the survey's maximum; an exponential one would put 1 % of the 379 kicks there. */
export function kickMps(random: () => number): number {
  const { least, p95, most } = SURVEY.kickMps;
  const scale = (p95 - least) / Math.sqrt(2 * Math.log(20));
  return Math.min(most, least + scale * Math.sqrt(-2 * Math.log(1 - random())));
}

export function fallOrientation(random: () => number): Orientation {
  const draw = random();
  if (draw < CORNER_SHARE) return pick(CORNERS, random);
  return draw < CORNER_SHARE + EDGE_SHARE ? pick(EDGES, random) : pick(FACES, random);
}

/** How many events a trip has: Poisson distributed, by Knuth's product of uniforms. */
export function eventCount(mean: number, random: () => number): number {
  const limit = Math.exp(-mean);
  let product = random();
  let count = 0;
  while (product > limit) {
    product *= random();
    count += 1;
  }
  return count;
}

export function pick<T>(from: readonly T[], random: () => number): T {
  return from[Math.floor(random() * from.length)] as T;
}
