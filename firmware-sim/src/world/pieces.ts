import Type, { type Static } from '@jostle/contracts/typebox';
import { ORIENTATIONS, SIDES } from './orientation.ts';
import { SURFACES } from './surface.ts';
import { TRUCK_LEVELS } from './truck-levels.ts';

const closed = { additionalProperties: false };
const DurationMs = Type.Number({ exclusiveMinimum: 0, description: 'How long it lasts, ms.' });
const Restitution = Type.Optional(
  Type.Number({ minimum: 0, maximum: 0.7, description: 'Rebound speed over impact speed; 0.1.' }),
);
const PulseMs = Type.Optional(
  Type.Number({ minimum: 1, maximum: 50, description: 'Half-sine length, ms; 12.' }),
);
const VelocityChangeMps = Type.Number({ exclusiveMinimum: 0, maximum: 20, description: 'Of the push, m/s.' });
/** What all flights share: where they end, and how. */
const LANDING = {
  heightM: Type.Number({ exclusiveMinimum: 0, maximum: 20 }),
  surface: Type.Optional(
    Type.Enum([...SURFACES], { description: 'Gives restitution and pulse where these are left out.' }),
  ),
  restitution: Restitution,
  pulseMs: PulseMs,
  orientation: Type.Optional(
    Type.Enum([...ORIENTATIONS], { description: 'Face, edge or corner that lands first (ISO 2206).' }),
  ),
  direction: Type.Optional(
    Type.Tuple([Type.Number(), Type.Number(), Type.Number()], {
      description: 'Up in sensor axes at the impact, instead of an orientation; a corner by default.',
    }),
  ),
};

/** The parcel lies, rides or is carried. `truck` is a sealed road, gentler than any test level. */
export const HandlingPiece = Type.Object(
  {
    kind: Type.Union([
      Type.Literal('rest'),
      Type.Literal('conveyor'),
      Type.Literal('truck'),
      Type.Literal('hand-carry'),
    ]),
    durationMs: DurationMs,
  },
  closed,
);
export type HandlingPiece = Static<typeof HandlingPiece>;

/** A truck that shakes as a level of ASTM D4169 does; on cobbles it also hits bumps. */
export const TruckRidePiece = Type.Object(
  {
    kind: Type.Literal('truck-ride'),
    road: Type.Union([Type.Literal('asphalt'), Type.Literal('cobbles')]),
    level: Type.Optional(
      Type.Enum([...TRUCK_LEVELS], { description: 'Assurance level; II on asphalt, I on cobbles.' }),
    ),
    durationMs: DurationMs,
  },
  closed,
);
export type TruckRidePiece = Static<typeof TruckRidePiece>;

/** The parcel falls at the start of the piece, hits the floor and lies still for two seconds. */
export const DropPiece = Type.Object({ kind: Type.Literal('drop'), ...LANDING }, closed);
export type DropPiece = Static<typeof DropPiece>;

/** Thrown upwards: its flight lasts longer than the height says. */
export const TossPiece = Type.Object(
  {
    kind: Type.Literal('toss'),
    launchMps: Type.Number({ exclusiveMinimum: 0, maximum: 10, description: 'Upwards at the release, m/s.' }),
    ...LANDING,
  },
  closed,
);
export type TossPiece = Static<typeof TossPiece>;

/** A blow without a fall; the parcel slides to a stop. */
export const KickPiece = Type.Object(
  {
    kind: Type.Literal('kick'),
    velocityChangeMps: VelocityChangeMps,
    pulseMs: PulseMs,
    side: Type.Optional(Type.Enum([...SIDES], { description: 'Face that is hit (ISO 2206); 5.' })),
  },
  closed,
);
export type KickPiece = Static<typeof KickPiece>;

/** A parcel on a belt runs into a stop, or a pusher into the parcel. */
export const SorterImpactPiece = Type.Object(
  {
    kind: Type.Literal('sorter-impact'),
    level: Type.Enum([...TRUCK_LEVELS], { description: 'Assurance level of the horizontal impact.' }),
    restitution: Restitution,
    pulseMs: PulseMs,
    side: Type.Optional(Type.Enum([...SIDES], { description: 'Face that is hit (ISO 2206); 5.' })),
  },
  closed,
);
export type SorterImpactPiece = Static<typeof SorterImpactPiece>;

/** A forklift lifts one edge; the load turns about the opposite one and falls back or is put down. */
export const TipPiece = Type.Object(
  {
    kind: Type.Literal('forklift-tip'),
    angleDeg: Type.Number({ exclusiveMinimum: 0, maximum: 60 }),
    ending: Type.Union([Type.Literal('fall'), Type.Literal('set-down')]),
    speedDegPs: Type.Optional(
      Type.Number({ minimum: 1, maximum: 180, description: 'Of the lift, °/s; 20.' }),
    ),
    lengthM: Type.Optional(
      Type.Number({ minimum: 0.1, maximum: 3, description: 'From edge to edge, m; 0.8.' }),
    ),
    restitution: Restitution,
    pulseMs: PulseMs,
  },
  closed,
);
export type TipPiece = Static<typeof TipPiece>;

export const Piece = Type.Union([
  HandlingPiece,
  TruckRidePiece,
  DropPiece,
  TossPiece,
  KickPiece,
  SorterImpactPiece,
  TipPiece,
]);
export type Piece = Static<typeof Piece>;
/** The pieces that are over by themselves. */
export type IncidentPiece = Exclude<Piece, HandlingPiece | TruckRidePiece>;

export function isIncident(piece: Piece): piece is IncidentPiece {
  return !('durationMs' in piece);
}
