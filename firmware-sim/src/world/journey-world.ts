import { HANDLING, type HandlingKind } from './handling.ts';
import { type ClimatePoint, dropOf, type Journey, timetableOf } from './journey.ts';
import { VibrationLoop } from './vibration.ts';
import type { World } from './world.ts';

type Motion = (wallMs: number, out: Float64Array) => void;

interface Stretch {
  startsAt: number;
  endsAt: number;
  motion: Motion;
}

const DEFAULT_CLIMATE: ClimatePoint = { afterMs: 0, temperatureC: 20, relativeHumidityPct: 45 };
/** Standard atmosphere at sea level (ISO 2533), Pa. */
const SEA_LEVEL_PA = 101_325;

/** The surroundings of a device on a journey. Same journey and seed, same world. */
export function journeyWorld(journey: Journey, seed: number): World {
  // Key: kind of handling. A kind shakes the same way wherever it comes up in the journey.
  const handling = new Map<HandlingKind, Motion>();
  const motionOf = (kind: HandlingKind): Motion => {
    const motion = handling.get(kind) ?? handlingMotion(kind, seed);
    handling.set(kind, motion);
    return motion;
  };
  const stretches: Stretch[] = timetableOf(journey).map(({ piece, startsAt, endsAt }) => {
    if (piece.kind !== 'drop') return { startsAt, endsAt, motion: motionOf(piece.kind) };
    const drop = dropOf(piece);
    return { startsAt, endsAt, motion: (wallMs, out) => drop.accelerationG(wallMs - startsAt, out) };
  });
  const climate = climateAlong(journey);
  // The stretch that answered last: samples come in order, so it nearly always answers again.
  let current = restAround(stretches, Number.NEGATIVE_INFINITY, motionOf('rest'));
  return {
    temperatureC: (wallMs) => climate(wallMs, (p) => p.temperatureC),
    relativeHumidityPct: (wallMs) => climate(wallMs, (p) => p.relativeHumidityPct),
    pressurePa: (wallMs) => climate(wallMs, (p) => p.pressurePa ?? SEA_LEVEL_PA),
    accelerationG: (wallMs, out) => {
      if (wallMs < current.startsAt || wallMs >= current.endsAt)
        current = stretchAt(stretches, wallMs) ?? restAround(stretches, wallMs, motionOf('rest'));
      current.motion(wallMs, out);
    },
  };
}

function handlingMotion(kind: HandlingKind, seed: number): Motion {
  const { rmsG, sideways, corners } = HANDLING[kind];
  const loop = new VibrationLoop(corners, seed);
  const sideG = rmsG * sideways;
  return (wallMs, out) => {
    out[0] = sideG * loop.at(wallMs, 0);
    out[1] = sideG * loop.at(wallMs, 1);
    out[2] = 1 + rmsG * loop.at(wallMs, 2);
  };
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

function climateAlong(journey: Journey): (wallMs: number, of: (point: ClimatePoint) => number) => number {
  const points = journey.climate?.length ? journey.climate : [DEFAULT_CLIMATE];
  return (wallMs, of) => {
    const afterMs = wallMs - journey.startsAt;
    const before = points.findLast((p) => p.afterMs <= afterMs) ?? points[0] ?? DEFAULT_CLIMATE;
    const after = points.find((p) => p.afterMs > afterMs) ?? before;
    const spanMs = after.afterMs - before.afterMs;
    const share = spanMs > 0 ? Math.max(0, (afterMs - before.afterMs) / spanMs) : 0;
    return of(before) + (of(after) - of(before)) * share;
  };
}
