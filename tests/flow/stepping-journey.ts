import { type Clock, MINUTE_MS } from '@jostle/contracts';
import { DEFAULT_SENSING, type SensingConfig } from '@jostle/edge/sensing';
import type { Journey } from '@jostle/firmware-sim';

/** A journey on which the wall clock of the device is set again and again; minutes count from its start. */
export const JOURNEY_START_MS = Date.UTC(2026, 2, 1, 9);
export const JOURNEY_MINUTES = 40;

const HOUR = 60 * MINUTE_MS;
const rest = (minutes: number) => ({ kind: 'rest' as const, durationMs: minutes * MINUTE_MS });
const drop = { kind: 'drop' as const, heightM: 0.8 };

/** Falls under each wrong wall clock, and a warm time that begins under one and ends under another. */
export const JOURNEY: Journey = {
  startsAt: JOURNEY_START_MS,
  pieces: [
    rest(3),
    drop,
    rest(4),
    drop,
    rest(4),
    drop,
    rest(5),
    drop,
    rest(5),
    drop,
    rest(9),
    drop,
    rest(3),
    drop,
  ],
  climate: [
    { afterMs: 0, temperatureC: 20, relativeHumidityPct: 45 },
    { afterMs: 8 * MINUTE_MS, temperatureC: 20, relativeHumidityPct: 45 },
    { afterMs: 10 * MINUTE_MS, temperatureC: 40, relativeHumidityPct: 45 },
    { afterMs: 16 * MINUTE_MS, temperatureC: 40, relativeHumidityPct: 45 },
    { afterMs: 18 * MINUTE_MS, temperatureC: 20, relativeHumidityPct: 45 },
  ],
};

export const SENSORS: SensingConfig = {
  ...DEFAULT_SENSING,
  climate: [{ chip: 'sht31d', address: 0x44 }],
  climateLimits: [{ quantity: 'temperature', side: 'above', limit: 30, activation: { kind: 'instant' } }],
};

/** From which minute the wall clock is how far from the truth, and what the device makes of it. */
const STEPS: readonly { minute: number; offMs: number; quality: ReturnType<Clock['quality']> }[] = [
  { minute: 0, offMs: -JOURNEY_START_MS, quality: 'none' },
  { minute: 5, offMs: HOUR, quality: 'none' },
  { minute: 10, offMs: -HOUR, quality: 'none' },
  { minute: 15, offMs: 24 * HOUR, quality: 'none' },
  { minute: 20, offMs: -24 * HOUR, quality: 'rtc' },
  { minute: 25, offMs: 0, quality: 'ntp' },
  // Set by hand, and taken back by the time service: the device never learns that it was wrong.
  { minute: 30, offMs: -JOURNEY_START_MS, quality: 'ntp' },
  { minute: 30.3, offMs: 0, quality: 'ntp' },
  { minute: 33, offMs: -HOUR, quality: 'none' },
  { minute: 36, offMs: 0, quality: 'ntp' },
];

/** The clock of the device; its monotonic one is true. */
export function steppingClock(nowMs: () => number): Clock {
  const monotonicMs = () => nowMs() - JOURNEY_START_MS;
  const step = () =>
    STEPS.findLast(({ minute }) => minute * MINUTE_MS <= monotonicMs()) ?? {
      offMs: 0,
      quality: 'ntp' as const,
    };
  return { monotonicMs, wallMs: () => nowMs() + step().offMs, quality: () => step().quality };
}
