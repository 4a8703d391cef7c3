import { Flight } from './flight.ts';
import type { Incident, Vector } from './incident.ts';
import { type Orientation, upAt } from './orientation.ts';
import type { DropPiece, IncidentPiece, TossPiece } from './pieces.ts';
import { Push } from './push.ts';
import { LANDINGS } from './surface.ts';
import { Tip } from './tip.ts';
import type { TruckLevel } from './truck-levels.ts';

const USUAL_LANDING = { restitution: 0.1, pulseMs: 12 };
/** A corner, though not exactly: no parcel falls straight onto one. */
const USUAL_UP: Vector = [0.48, 0.36, 0.8];
/** Pulses of blows from the side are longer than those of falls: both parcel and shoe give way. Of ours. */
const USUAL_PUSH_MS = 15;
const USUAL_TIP = { speedDegPs: 20, lengthM: 0.8 };

/** Horizontal impact velocities by assurance level, m/s (ASTM D4169-09, Schedule A, horizontal impact test). */
const SORTER_MPS: Readonly<Record<TruckLevel, number>> = { I: 1.75, II: 1.22, III: 0.91 };

/** The course of what a piece describes. */
export function incidentOf(piece: IncidentPiece): Incident {
  switch (piece.kind) {
    case 'drop':
      return flightOf(piece, 0);
    case 'toss':
      return flightOf(piece, piece.launchMps);
    case 'kick': {
      const { velocityChangeMps, pulseMs = USUAL_PUSH_MS, side = '5' } = piece;
      return new Push({ velocityChangeMps, pulseMs, towards: upAt(side), slides: true });
    }
    case 'sorter-impact': {
      const { level, restitution = 0.1, pulseMs = USUAL_PUSH_MS, side = '5' } = piece;
      const velocityChangeMps = (1 + restitution) * SORTER_MPS[level];
      return new Push({ velocityChangeMps, pulseMs, towards: upAt(side), slides: false });
    }
    case 'forklift-tip':
      return new Tip({ ...USUAL_LANDING, ...USUAL_TIP, ...piece });
  }
}

/** The face, edge or corner that is hit; null where the piece gives a direction that is none of them. */
export function orientationOf(piece: IncidentPiece): Orientation | null {
  switch (piece.kind) {
    case 'drop':
    case 'toss':
      return piece.orientation ?? null;
    case 'kick':
    case 'sorter-impact':
      return piece.side ?? '5';
    case 'forklift-tip':
      // The load turns about its edge on the left, and x is to the right.
      return '2-3';
  }
}

function flightOf(piece: DropPiece | TossPiece, launchMps: number): Flight {
  const { heightM, surface, orientation, direction } = piece;
  const landing = surface === undefined ? USUAL_LANDING : LANDINGS[surface];
  const { restitution = landing.restitution, pulseMs = landing.pulseMs } = piece;
  const up = direction ?? (orientation === undefined ? USUAL_UP : upAt(orientation));
  return new Flight({ heightM, launchMps, restitution, pulseMs, up });
}
