import { ID_PATTERN } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';
import { ClimateEpisode, ClimatePoint } from './climate.ts';
import { incidentOf } from './incident-of.ts';
import { isIncident, Piece } from './pieces.ts';

/** Who has the parcel from here on, until the next of these. */
export const CustodyStart = Type.Object(
  {
    afterMs: Type.Number({ minimum: 0, description: 'Since the start of the journey, ms.' }),
    custodian: Type.String({ pattern: ID_PATTERN }),
    leg: Type.String({ pattern: ID_PATTERN }),
  },
  { additionalProperties: false },
);
export type CustodyStart = Static<typeof CustodyStart>;

/**
 * What happens to one device: pieces one after the other, and beside them the air and the custody. Before and after
 * the pieces it rests.
 */
export const Journey = Type.Object(
  {
    startsAt: Type.Integer({ description: 'Wall time of the first piece, ms since the epoch.' }),
    pieces: Type.Array(Piece),
    climate: Type.Optional(Type.Array(ClimatePoint, { description: 'Ascending; 20 °C and 45 % without.' })),
    episodes: Type.Optional(
      Type.Array(ClimateEpisode, { description: 'On top of the climate, one after the other.' }),
    ),
    custody: Type.Optional(Type.Array(CustodyStart, { description: 'Ascending.' })),
  },
  { additionalProperties: false },
);
export type Journey = Static<typeof Journey>;

/** How long a piece takes, ms; of a drop: the fall, the impacts and two seconds on the floor. */
export function pieceDurationMs(piece: Piece): number {
  return isIncident(piece) ? incidentOf(piece).durationMs : piece.durationMs;
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
