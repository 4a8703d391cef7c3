import Type, { type Static } from '@jostle/contracts/typebox';

const Temperature = Type.Number({ minimum: -40, maximum: 85 });
const Humidity = Type.Number({ minimum: 0, maximum: 100 });
const AfterMs = Type.Number({ minimum: 0, description: 'Since the start of the journey, ms.' });

/** Air around the parcel at one time; between two points it changes evenly. */
export const ClimatePoint = Type.Object(
  {
    afterMs: AfterMs,
    temperatureC: Temperature,
    relativeHumidityPct: Humidity,
    pressurePa: Type.Optional(Type.Number({ minimum: 30_000, maximum: 110_000 })),
  },
  { additionalProperties: false },
);
export type ClimatePoint = Static<typeof ClimatePoint>;

/** What kind of episode it is, and what is outside. */
export const EPISODE_NATURE = {
  kind: Type.Union([Type.Literal('reefer-failure'), Type.Literal('door-open')]),
  outsideC: Temperature,
  outsidePct: Humidity,
};

/**
 * A time in which the outside gets in: the refrigeration fails, or a door stays open. The air follows the outside as a
 * first-order lag while it lasts, and comes back as one afterwards.
 */
export const ClimateEpisode = Type.Object(
  {
    ...EPISODE_NATURE,
    afterMs: AfterMs,
    durationMs: Type.Number({ exclusiveMinimum: 0 }),
    lagMs: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        description: 'Time constant, ms; 4 h without a unit, 10 min by a door.',
      }),
    ),
  },
  { additionalProperties: false },
);
export type ClimateEpisode = Static<typeof ClimateEpisode>;

export type Air = Pick<ClimatePoint, 'temperatureC' | 'relativeHumidityPct'> & { pressurePa: number };

const DEFAULT_POINT: ClimatePoint = { afterMs: 0, temperatureC: 20, relativeHumidityPct: 45 };
/** Standard atmosphere at sea level (ISO 2533), Pa. */
const SEA_LEVEL_PA = 101_325;

const HOUR_MS = 3_600_000;
/** Time constants into and out of an episode; orders of magnitude of ours for a loaded body and its door. */
const LAGS_MS: Readonly<Record<ClimateEpisode['kind'], { into: number; back: number }>> = {
  'reefer-failure': { into: 4 * HOUR_MS, back: HOUR_MS },
  'door-open': { into: HOUR_MS / 6, back: HOUR_MS / 3 },
};

/** The air as a function of the time since the start of a journey, ms. */
export function climateAlong(
  points: readonly ClimatePoint[],
  episodes: readonly ClimateEpisode[],
): (afterMs: number) => Air {
  return (afterMs) => {
    const air = airBetween(points, afterMs);
    for (const episode of episodes) {
      const share = outsideShare(episode, afterMs);
      air.temperatureC += share * (episode.outsideC - air.temperatureC);
      air.relativeHumidityPct += share * (episode.outsidePct - air.relativeHumidityPct);
    }
    return air;
  };
}

/** How much of the way to the outside the air has gone, 0 to 1. */
export function outsideShare(
  { kind, afterMs: from, durationMs, lagMs }: ClimateEpisode,
  afterMs: number,
): number {
  const sinceMs = afterMs - from;
  if (sinceMs <= 0) return 0;
  const { into, back } = LAGS_MS[kind];
  const reached = 1 - Math.exp(-Math.min(sinceMs, durationMs) / (lagMs ?? into));
  return sinceMs <= durationMs ? reached : reached * Math.exp(-(sinceMs - durationMs) / back);
}

function airBetween(points: readonly ClimatePoint[], afterMs: number): Air {
  const before = points.findLast((p) => p.afterMs <= afterMs) ?? points[0] ?? DEFAULT_POINT;
  const after = points.find((p) => p.afterMs > afterMs) ?? before;
  const spanMs = after.afterMs - before.afterMs;
  const share = spanMs > 0 ? Math.max(0, (afterMs - before.afterMs) / spanMs) : 0;
  const between = (of: (point: ClimatePoint) => number) => of(before) + (of(after) - of(before)) * share;
  return {
    temperatureC: between((p) => p.temperatureC),
    relativeHumidityPct: between((p) => p.relativeHumidityPct),
    pressurePa: between((p) => p.pressurePa ?? SEA_LEVEL_PA),
  };
}
