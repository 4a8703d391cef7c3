import { climateAlong } from './climate.ts';
import type { HandlingKind } from './handling.ts';
import { incidentOf } from './incident-of.ts';
import { type Journey, timetableOf } from './journey.ts';
import { isIncident } from './pieces.ts';
import { seededRandom } from './random.ts';
import { handlingMotion, type Motion, rideMotion } from './ride.ts';
import type { World } from './world.ts';

interface Stretch {
  startsAt: number;
  endsAt: number;
  motion: Motion;
}

/** Seeds differ by where they are in the vibration: anywhere within this, ms. */
const SHIFT_MS = 16_000;

/** The surroundings of a device on a journey. Same journey and seed, same world. */
export function journeyWorld(journey: Journey, seed: number): World {
  const stretches = stretchesOf(journey, seed);
  const resting = handlingMotion('rest', shiftOf(seed));
  const climate = climateAlong(journey.climate ?? [], journey.episodes ?? []);
  const airAt = (wallMs: number) => climate(wallMs - journey.startsAt);
  // The stretch that answered last: samples come in order, so it nearly always answers again.
  let current = restAround(stretches, Number.NEGATIVE_INFINITY, resting);
  return {
    temperatureC: (wallMs) => airAt(wallMs).temperatureC,
    relativeHumidityPct: (wallMs) => airAt(wallMs).relativeHumidityPct,
    pressurePa: (wallMs) => airAt(wallMs).pressurePa,
    accelerationG: (wallMs, out) => {
      if (wallMs < current.startsAt || wallMs >= current.endsAt)
        current = stretchAt(stretches, wallMs) ?? restAround(stretches, wallMs, resting);
      current.motion(wallMs, out);
    },
  };
}

function stretchesOf(journey: Journey, seed: number): Stretch[] {
  const shiftMs = shiftOf(seed);
  // Key: kind of handling. A kind shakes the same way wherever it comes up in the journey.
  const handling = new Map<HandlingKind, Motion>();
  const handlingOf = (kind: HandlingKind): Motion => {
    const motion = handling.get(kind) ?? handlingMotion(kind, shiftMs);
    handling.set(kind, motion);
    return motion;
  };
  return timetableOf(journey).map(({ piece, startsAt, endsAt }) => {
    if (isIncident(piece)) {
      const incident = incidentOf(piece);
      const motion: Motion = (wallMs, out) => incident.accelerationG(wallMs - startsAt, out);
      return { startsAt, endsAt, motion };
    }
    const motion =
      piece.kind === 'truck-ride' ? rideMotion(piece, startsAt, shiftMs) : handlingOf(piece.kind);
    return { startsAt, endsAt, motion };
  });
}

function shiftOf(seed: number): number {
  return Math.floor(seededRandom(seed)() * SHIFT_MS);
}

function stretchAt(stretches: readonly Stretch[], wallMs: number): Stretch | undefined {
  return stretches.find((s) => wallMs >= s.startsAt && wallMs < s.endsAt);
}

function restAround(stretches: readonly Stretch[], wallMs: number, motion: Motion): Stretch {
  return {
    startsAt: stretches.findLast((s) => s.endsAt <= wallMs)?.endsAt ?? Number.NEGATIVE_INFINITY,
    endsAt: stretches.find((s) => s.startsAt > wallMs)?.startsAt ?? Number.POSITIVE_INFINITY,
    motion,
  };
}
