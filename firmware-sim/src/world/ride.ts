import { Bumps } from './bumps.ts';
import { HANDLING, type HandlingKind } from './handling.ts';
import type { TruckRidePiece } from './pieces.ts';
import { rmsOf } from './spectrum.ts';
import { TRUCK_SPECTRA, type TruckLevel } from './truck-levels.ts';
import { VibrationLoop } from './vibration.ts';

/** Proper acceleration in sensor axes at a wall time, g, written into `out`. */
export type Motion = (wallMs: number, out: Float64Array) => void;

/** Seed of all loops: what differs from device to device is where in the loop it is. */
const LOOP_SEED = 4169;
/** Key: kind of handling or truck level. Shared by all devices of a thread, and never changed. */
const loops = new Map<string, VibrationLoop>();

/** The vibration of a kind of handling; `shiftMs` tells devices apart. */
export function handlingMotion(kind: HandlingKind, shiftMs: number): Motion {
  const { rmsG, sideways, corners } = HANDLING[kind];
  return shaking(sharedLoop(kind, corners), rmsG, sideways, shiftMs);
}

/** A ride that begins at `startsAt`, wall ms. */
export function rideMotion(ride: TruckRidePiece, startsAt: number, shiftMs: number): Motion {
  const corners = TRUCK_SPECTRA[levelOf(ride)];
  const loop = sharedLoop(`level ${levelOf(ride)}`, corners);
  const road = shaking(loop, rmsOf(corners), HANDLING.truck.sideways, shiftMs);
  if (ride.road === 'asphalt') return road;
  const bumps = new Bumps(startsAt, ride.durationMs);
  return (wallMs, out) => {
    road(wallMs, out);
    out[2] = (out[2] ?? 0) + bumps.accelerationG(wallMs - startsAt);
  };
}

export function levelOf({ road, level }: TruckRidePiece): TruckLevel {
  return level ?? (road === 'asphalt' ? 'II' : 'I');
}

function sharedLoop(key: string, corners: ConstructorParameters<typeof VibrationLoop>[0]): VibrationLoop {
  const loop = loops.get(key) ?? new VibrationLoop(corners, LOOP_SEED);
  loops.set(key, loop);
  return loop;
}

function shaking(loop: VibrationLoop, rmsG: number, sideways: number, shiftMs: number): Motion {
  const sideG = rmsG * sideways;
  return (wallMs, out) => {
    out[0] = sideG * loop.at(wallMs, 0, shiftMs);
    out[1] = sideG * loop.at(wallMs, 1, shiftMs);
    out[2] = 1 + rmsG * loop.at(wallMs, 2, shiftMs);
  };
}
