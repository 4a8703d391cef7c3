import type { RecordBodies, RecordDraft } from '@jostle/contracts';

/** Every so many records the same mix of kinds begins again. */
const MIX = 50;

/** Which records of a mix are no climate readings. Keyed by the position in it. */
const OTHERS: ReadonlyMap<number, (at: number, n: number) => Body> = new Map([
  [0, shock],
  [10, coverage],
  [20, tilt],
  [30, fault],
  [40, excursion],
] as const);

type Body = { [K in keyof RecordBodies]: { kind: K; body: RecordBodies[K] } }[keyof RecordBodies];

/**
 * The record that a number stands for: the same one each time, and another one than that of every other number, so that
 * its hash tells which it is. Each has a millisecond of its own.
 *
 * @param startMs when record 0 is measured, ms since the epoch
 */
export function numberedDraft(n: number, startMs: number): RecordDraft {
  const at = startMs + n;
  const made = (OTHERS.get(n % MIX) ?? climate)(at, n);
  return { ...made, measuredAt: at, monotonicMs: n, clockQuality: 'ntp' } as RecordDraft;
}

/** Whether it has a point in InfluxDB. */
export function hasPoint(n: number): boolean {
  return n % MIX === 0 || !OTHERS.has(n % MIX);
}

function climate(_: number, n: number): Body {
  const body = {
    sensor: 'sht31d-44',
    temperatureC: (n % 4001) / 100,
    relativeHumidityPct: n % 101,
    ageMs: 0,
  };
  return { kind: 'climate', body };
}

function shock(at: number, n: number): Body {
  const resultant = 10 + (n % 997) / 10;
  return {
    kind: 'shock',
    body: {
      sensor: 'adxl375-53',
      impactAt: at,
      peakG: { x: 0, y: 0, z: resultant, resultant },
      durationMs: 6,
      velocityChangeMps: 2,
      impactClass: 'drop',
      freeFallMs: 300,
      dropHeightM: 0.44,
      equivalentDropHeightM: { low: 0.2, high: 0.8 },
      clipped: { x: false, y: false, z: false },
      rateHz: 800,
      isBandwidthLimited: false,
      fairing: { filter: 'none', cornerHz: 0 },
    },
  };
}

function coverage(at: number, n: number): Body {
  const body = { sensor: 'adxl375-53', startsAt: at, endsAt: at + 1, samples: n, lostSamples: 0 };
  return { kind: 'coverage', body: { ...body, peakG: 1, rejectedTriggers: 0 } };
}

function tilt(at: number, n: number): Body {
  return { kind: 'tilt', body: { sensor: 'lis3dh-18', upFace: 1, tiltDeg: n % 181, startedAt: at } };
}

function fault(_: number, n: number): Body {
  const detail = `fault ${n}`;
  return { kind: 'fault', body: { sensor: 'tmp117-48', isRaised: n % 100 === 30, reason: 'stale', detail } };
}

function excursion(at: number, n: number): Body {
  const [quantity, side] = ['temperature', 'above'] as const;
  const extreme = 30 + (n % 10);
  const body = { sensor: 'sht31d-44', quantity, side, limit: 30, startedAt: at, endedAt: at + 1, extreme };
  return { kind: 'excursion', body };
}
