import { SIDES } from '../world/orientation.ts';
import type { IncidentPiece, Piece } from '../world/pieces.ts';
import { TRUCK_LEVELS } from '../world/truck-levels.ts';
import { fallHeightM, fallOrientation, kickMps, pick, roughHandling, SURVEY } from './handling-survey.ts';
import type { JourneyLeg } from './journey-legs.ts';

/** Between the hands and a fall, or standing before a blow, ms. */
const BEFORE_MS = 3000;
const LAUNCH_MPS = { least: 0.7, most: 3 };
const TIP_DEG = { least: 5, most: 20 };
const TIP_FALLS = 0.3;

/** One event of a trip, and what the parcel does right before it. */
export function roughEvent(leg: JourneyLeg, random: () => number): Piece[] {
  const kind = roughHandling(random);
  if (kind === 'kick') {
    const kick = { kind, velocityChangeMps: kickMps(random), side: pick(SIDES, random) } as const;
    return [{ kind: 'rest', durationMs: BEFORE_MS }, kick];
  }
  const landing = { surface: pick(leg.surfaces, random), orientation: fallOrientation(random) };
  const fall: IncidentPiece =
    kind === 'drop'
      ? { kind, heightM: fallHeightM(SURVEY.dropM, random), ...landing }
      : {
          kind,
          heightM: fallHeightM(SURVEY.tossM, random),
          launchMps: between(LAUNCH_MPS, random),
          ...landing,
        };
  return [{ kind: 'hand-carry', durationMs: BEFORE_MS }, fall];
}

/** What belongs to a leg beside rough handling: pushers in a hub, forklifts where pallets are loaded. */
export function routineEvents(leg: JourneyLeg, random: () => number): Piece[][] {
  if (leg.leg === 'HUB')
    return Array.from({ length: 2 + Math.floor(3 * random()) }, () => [
      { kind: 'conveyor', durationMs: BEFORE_MS },
      { kind: 'sorter-impact', level: pick(TRUCK_LEVELS, random), side: pick(SIDES, random) },
    ]);
  if (leg.leg !== 'PACKING') return [];
  const ending = random() < TIP_FALLS ? 'fall' : 'set-down';
  return [
    [
      { kind: 'rest', durationMs: BEFORE_MS },
      { kind: 'forklift-tip', angleDeg: between(TIP_DEG, random), ending },
    ],
  ];
}

function between({ least, most }: { least: number; most: number }, random: () => number): number {
  return least + (most - least) * random();
}
