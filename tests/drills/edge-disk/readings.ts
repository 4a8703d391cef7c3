import type { RecordDraft } from '@jostle/contracts';

export const BOOT_ID = '11111111-1111-4111-8111-111111111111';
const START_MS = Date.UTC(2026, 2, 1);
/** One of so many is an event. */
const EVENT_EVERY = 100;

/** A record of its own: no other number gives the same content. Every now and then it is an event. */
export function draftNumbered(n: number): RecordDraft {
  const time = { measuredAt: START_MS + n * 1000, monotonicMs: n * 1000, clockQuality: 'ntp' } as const;
  if (n % EVENT_EVERY === 0) {
    const detail = `record ${n} ${'.'.repeat(n % 150)}`;
    return {
      ...time,
      kind: 'fault',
      body: { sensor: 'adxl375-53', isRaised: true, reason: 'stale', detail },
    };
  }
  const temperatureC = 20 + (n % 1000) / 100;
  return {
    ...time,
    kind: 'climate',
    body: { sensor: 'sht31d-44', temperatureC, relativeHumidityPct: 45, ageMs: 12 },
  };
}

export function draftsFrom(n: number, count: number): RecordDraft[] {
  return Array.from({ length: count }, (_, i) => draftNumbered(n + i));
}
