import Type, { type Static } from 'typebox';
import { Drop } from './drop.ts';

const DurationMs = Type.Number({ exclusiveMinimum: 0, description: 'How long it lasts, ms.' });

/** The parcel lies, rides or is carried. */
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
  { additionalProperties: false },
);
export type HandlingPiece = Static<typeof HandlingPiece>;

/** The parcel falls at the start of the piece, hits the floor and lies still for two seconds. */
export const DropPiece = Type.Object(
  {
    kind: Type.Literal('drop'),
    heightM: Type.Number({ exclusiveMinimum: 0, maximum: 20 }),
    restitution: Type.Optional(
      Type.Number({ minimum: 0, maximum: 0.7, description: 'Rebound speed over impact speed; 0.1.' }),
    ),
    pulseMs: Type.Optional(
      Type.Number({ minimum: 1, maximum: 50, description: 'Half-sine length, ms; 12.' }),
    ),
    direction: Type.Optional(
      Type.Tuple([Type.Number(), Type.Number(), Type.Number()], {
        description: 'Up in sensor axes at the impact; a corner by default.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type DropPiece = Static<typeof DropPiece>;

/** Air around the parcel at one time; between two points it changes evenly. */
export const ClimatePoint = Type.Object(
  {
    afterMs: Type.Number({ minimum: 0, description: 'Since the start of the journey, ms.' }),
    temperatureC: Type.Number({ minimum: -40, maximum: 85 }),
    relativeHumidityPct: Type.Number({ minimum: 0, maximum: 100 }),
    pressurePa: Type.Optional(Type.Number({ minimum: 30_000, maximum: 110_000 })),
  },
  { additionalProperties: false },
);
export type ClimatePoint = Static<typeof ClimatePoint>;

/** What happens to one device: pieces one after the other. Before and after them it rests. */
export const Journey = Type.Object(
  {
    startsAt: Type.Integer({ description: 'Wall time of the first piece, ms since the epoch.' }),
    pieces: Type.Array(Type.Union([HandlingPiece, DropPiece])),
    climate: Type.Optional(Type.Array(ClimatePoint, { description: 'Ascending; 20 °C and 45 % without.' })),
  },
  { additionalProperties: false },
);
export type Journey = Static<typeof Journey>;
export type Piece = Journey['pieces'][number];

/** Something that a recorder ought to find. */
export interface TrueEvent {
  /** Wall time of the first contact, ms. */
  at: number;
  kind: 'drop';
  heightM: number;
  /** Peak of the pulse without gravity, g. */
  peakG: number;
  velocityChangeMps: number;
}

/** The drop that a piece describes. */
export function dropOf(piece: DropPiece): Drop {
  return new Drop({
    heightM: piece.heightM,
    restitution: piece.restitution ?? 0.1,
    pulseMs: piece.pulseMs ?? 12,
    direction: piece.direction ?? [0.48, 0.36, 0.8],
  });
}

/** How long a piece takes, ms; of a drop: the fall, the impacts and two seconds on the floor. */
export function pieceDurationMs(piece: Piece): number {
  return piece.kind === 'drop' ? dropOf(piece).durationMs : piece.durationMs;
}

/** Each piece with the wall times between which it lasts. */
export function timetableOf(journey: Journey): { piece: Piece; startsAt: number; endsAt: number }[] {
  let startsAt = journey.startsAt;
  return journey.pieces.map((piece) => {
    const entry = { piece, startsAt, endsAt: startsAt + pieceDurationMs(piece) };
    startsAt = entry.endsAt;
    return entry;
  });
}

/** Every impact of the journey, in order: what the detected shock events are compared with. */
export function truthOf(journey: Journey): TrueEvent[] {
  return timetableOf(journey).flatMap(({ piece, startsAt }) =>
    piece.kind === 'drop'
      ? dropOf(piece).impacts.map(({ atMs, ...impact }) => ({
          at: startsAt + atMs,
          kind: 'drop' as const,
          ...impact,
        }))
      : [],
  );
}
