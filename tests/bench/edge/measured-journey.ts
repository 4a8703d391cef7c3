import type { Journey } from '@jostle/firmware-sim';

const DAY_MS = 86_400_000;

/** What the agent is measured on at real speed: a truck that drives on. */
export function journeyFrom(startsAt: number): Journey {
  return { startsAt, pieces: [{ kind: 'truck', durationMs: DAY_MS }] };
}

export const JOURNEY_NAMES = ['quiet', 'rough'] as const;
export type JourneyName = (typeof JOURNEY_NAMES)[number];

/**
 * A stretch of a day, which repeats. In the quiet one nothing happens. In an hour of the rough one the parcel falls
 * once: 24 drops a day are as many events as an express parcel has on one way (El-Khateeb, 1187 events on 50 ways);
 * and the air changes all the time, so that no reading is like the one before.
 */
export function stretchOf(name: JourneyName, startsAt: number, lengthMs: number): Journey {
  const part = (share: number) => share * lengthMs;
  if (name === 'quiet') {
    return {
      startsAt,
      pieces: [
        { kind: 'rest', durationMs: part(0.5) },
        { kind: 'truck', durationMs: part(0.5) },
      ],
    };
  }
  return {
    startsAt,
    pieces: [
      { kind: 'hand-carry', durationMs: part(0.1) },
      { kind: 'conveyor', durationMs: part(0.2) },
      { kind: 'drop', heightM: 0.6 },
      { kind: 'truck', durationMs: part(0.7) },
    ],
    climate: [
      { afterMs: 0, temperatureC: 21, relativeHumidityPct: 40 },
      { afterMs: part(0.5), temperatureC: 4, relativeHumidityPct: 85, pressurePa: 98_000 },
      { afterMs: lengthMs, temperatureC: 21, relativeHumidityPct: 40 },
    ],
  };
}
