import Type, { type Static } from '@jostle/contracts/typebox';
import { Bumps } from './bumps.ts';
import { EPISODE_NATURE } from './climate.ts';
import type { Impact } from './incident.ts';
import { incidentOf, orientationOf } from './incident-of.ts';
import { type Journey, timetableOf } from './journey.ts';
import { ORIENTATIONS } from './orientation.ts';
import { isIncident, type Piece } from './pieces.ts';
import { SURFACES } from './surface.ts';

const closed = { additionalProperties: false };
const orNull = <T extends Type.TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
const Ms = Type.Number({ description: 'Wall time, ms since the epoch.' });

/** One contact that happened, whether a recorder found it or not. */
export const TrueEvent = Type.Object(
  {
    at: Type.Number({ description: 'First contact, wall time, ms since the epoch.' }),
    kind: Type.Enum(['drop', 'toss', 'kick', 'sorter-impact', 'forklift-tip', 'bump']),
    isRebound: Type.Boolean({ description: 'A further contact of the same incident.' }),
    leg: orNull(Type.String()),
    custodian: orNull(Type.String()),
    heightM: orNull(Type.Number({ description: 'What it fell from; null where it did not fall.' })),
    peakG: Type.Number({ description: 'Peak of the pulse without gravity, g.' }),
    velocityChangeMps: Type.Number({ description: 'Of the pulse, rebound included, m/s.' }),
    durationMs: Type.Number({ description: 'Length of the half-sine pulse, ms.' }),
    orientation: orNull(Type.Enum([...ORIENTATIONS], { description: 'What was hit (ISO 2206).' })),
    surface: orNull(Type.Enum([...SURFACES])),
  },
  closed,
);
export type TrueEvent = Static<typeof TrueEvent>;

/** Who had the parcel, half-open. */
const CustodySpan = Type.Object(
  { startsAt: Ms, endsAt: Ms, custodian: Type.String(), leg: Type.String() },
  closed,
);

/** What happened to one device, in whose custody: what findings are to be compared with. */
export const GroundTruth = Type.Object(
  {
    v: Type.Literal(1),
    deviceId: Type.String(),
    startsAt: Ms,
    endsAt: Ms,
    custody: Type.Array(CustodySpan),
    events: Type.Array(TrueEvent),
    climateEpisodes: Type.Array(
      Type.Object(
        {
          ...EPISODE_NATURE,
          startsAt: Ms,
          endsAt: Ms,
          leg: orNull(Type.String()),
          custodian: orNull(Type.String()),
        },
        closed,
      ),
    ),
  },
  closed,
);
export type GroundTruth = Static<typeof GroundTruth>;

/** Every impact of the journey, in order: what the detected shock events are compared with. */
export function truthOf(journey: Journey): TrueEvent[] {
  return timetableOf(journey).flatMap(({ piece, startsAt }) =>
    impactsOf(piece, startsAt).map(({ atMs, ...impact }, i) => ({
      at: startsAt + atMs,
      ...natureOf(piece),
      isRebound: isIncident(piece) && i > 0,
      ...custodyAt(journey, startsAt + atMs),
      ...impact,
    })),
  );
}

/** The whole truth of a device's journey, as it is written beside what the device measured. */
export function groundTruthOf(deviceId: string, journey: Journey): GroundTruth {
  const endsAt = timetableOf(journey).at(-1)?.endsAt ?? journey.startsAt;
  const custody = journey.custody ?? [];
  return {
    v: 1,
    deviceId,
    startsAt: journey.startsAt,
    endsAt,
    custody: custody.map(({ afterMs, custodian, leg }, i) => {
      const nextMs = custody[i + 1]?.afterMs;
      return {
        startsAt: journey.startsAt + afterMs,
        endsAt: nextMs === undefined ? endsAt : journey.startsAt + nextMs,
        custodian,
        leg,
      };
    }),
    events: truthOf(journey),
    climateEpisodes: (journey.episodes ?? []).map(({ kind, outsideC, outsidePct, afterMs, durationMs }) => {
      const startsAt = journey.startsAt + afterMs;
      const held = custodyAt(journey, startsAt);
      return { kind, outsideC, outsidePct, startsAt, endsAt: startsAt + durationMs, ...held };
    }),
  };
}

function impactsOf(piece: Piece, startsAt: number): readonly Impact[] {
  if (isIncident(piece)) return incidentOf(piece).impacts;
  if (piece.kind === 'truck-ride' && piece.road === 'cobbles')
    return new Bumps(startsAt, piece.durationMs).list();
  return [];
}

function natureOf(piece: Piece): Pick<TrueEvent, 'kind' | 'orientation' | 'surface'> {
  if (!isIncident(piece)) return { kind: 'bump', orientation: '3', surface: null };
  const surface = 'surface' in piece ? (piece.surface ?? null) : null;
  return { kind: piece.kind, orientation: orientationOf(piece), surface };
}

function custodyAt(journey: Journey, wallMs: number): Pick<TrueEvent, 'leg' | 'custodian'> {
  const held = journey.custody?.findLast(({ afterMs }) => journey.startsAt + afterMs <= wallMs);
  return { leg: held?.leg ?? null, custodian: held?.custodian ?? null };
}
