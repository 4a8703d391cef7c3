import Type, { type Static } from 'typebox';

/** The range of an ECMAScript time value (ECMA-262, 21.4.1.1): what lies beyond is no date anywhere. */
export const TIME_LIMIT_MS = 8.64e15;

const Ms = Type.Integer({
  minimum: -TIME_LIMIT_MS,
  maximum: TIME_LIMIT_MS,
  description: 'Milliseconds since the Unix epoch, by the wall clock of the device.',
});
const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Sensor = Type.String({
  minLength: 1,
  maxLength: 32,
  description: 'Chip and address, such as sht31d-44.',
});
const G = Type.Number({
  minimum: 0,
  maximum: 100_000,
  description: 'Standard gravities (9.80665 m/s²), absolute.',
});

/** Acceleration per sensor axis and of the resultant, g. */
export const PeakG = Type.Object(
  { x: G, y: G, z: G, resultant: G },
  {
    additionalProperties: false,
    description: 'Faired peak per sensor axis and of the resultant, without gravity.',
  },
);

/** One timed sample of one climate sensor. A value that the sensor does not measure is left out. */
export const ClimateBody = Type.Object(
  {
    sensor: Sensor,
    temperatureC: Type.Optional(Type.Number({ minimum: -100, maximum: 200, description: 'Air, °C.' })),
    relativeHumidityPct: Type.Optional(Type.Number({ minimum: 0, maximum: 100, description: 'Air, %.' })),
    pressureHpa: Type.Optional(Type.Number({ minimum: 100, maximum: 1300, description: 'Air, hPa.' })),
    ageMs: Type.Integer({
      minimum: 0,
      description: 'How long before the record the value was read from the chip.',
    }),
  },
  { additionalProperties: false },
);

/** Acceleration around an event, for the eye and for recomputation. */
export const Waveform = Type.Object(
  {
    rateHz: Type.Number({ exclusiveMinimum: 0, description: 'Samples per second, as reconstructed.' }),
    preMs: Type.Number({ minimum: 0, description: 'How much of it lies before the trigger.' }),
    scaleG: Type.Number({ exclusiveMinimum: 0, description: 'Acceleration of one count, g.' }),
    xyz: Type.String({
      description: 'Interleaved x, y, z as little-endian 16-bit integers, deflated, in base64.',
    }),
  },
  { additionalProperties: false },
);

export const IMPACT_CLASSES = ['drop', 'toss', 'kick'] as const;

/** One triggered shock event, with what the sampling rate allows to be said of it. */
export const ShockBody = Type.Object(
  {
    sensor: Sensor,
    impactAt: Ms,
    peakG: PeakG,
    durationMs: Type.Number({
      minimum: 0,
      description: 'Between the 10 % crossings either side of the peak.',
    }),
    velocityChangeMps: Type.Number({
      minimum: 0,
      description: 'Integral over the pulse, vector first, norm last; includes rebound.',
    }),
    impactClass: Type.Enum([...IMPACT_CLASSES], {
      description: 'A fall and an impact; a launch, a flight and an impact; an impact without a fall.',
    }),
    freeFallMs: Type.Number({
      minimum: 0,
      description: 'Near-zero-g time before the impact; 0 where none was seen.',
    }),
    dropHeightM: Type.Union([Type.Number({ minimum: 0 }), Type.Null()], {
      description: 'From the free fall; null where there was none or where it was a toss.',
    }),
    equivalentDropHeightM: Type.Object(
      { low: Type.Number({ minimum: 0 }), high: Type.Number({ minimum: 0 }) },
      { additionalProperties: false, description: 'From the velocity change, for restitution 1 and 0.' },
    ),
    clipped: Type.Object(
      { x: Type.Boolean(), y: Type.Boolean(), z: Type.Boolean() },
      {
        additionalProperties: false,
        description: 'The axis reached the end of its range: its peak is a lower bound.',
      },
    ),
    rateHz: Type.Number({ exclusiveMinimum: 0, description: 'Samples per second, as reconstructed.' }),
    isBandwidthLimited: Type.Boolean({
      description: 'Fewer than 8 samples span the pulse: the peak may be too low.',
    }),
    fairing: Type.Object(
      {
        filter: Type.Enum(['none', 'butterworth-2-zero-phase'], { description: 'What smoothed the peak.' }),
        cornerHz: Type.Number({ minimum: 0, description: 'Its corner frequency; 0 without one.' }),
      },
      { additionalProperties: false },
    ),
    waveform: Type.Optional(Waveform),
  },
  { additionalProperties: false },
);

export const QUANTITIES = ['temperature', 'humidity'] as const;

/** A time beyond a climate limit. It is sent when it opens (`endedAt` null) and again when it closes. */
export const ExcursionBody = Type.Object(
  {
    sensor: Sensor,
    quantity: Type.Enum([...QUANTITIES], { description: 'What went beyond its limit.' }),
    side: Type.Enum(['above', 'below'], { description: 'Of the limit.' }),
    limit: Type.Number({ description: 'The limit that was reached, °C or %RH; limits are inclusive.' }),
    startedAt: Ms,
    endedAt: Type.Union([Ms, Type.Null()]),
    startedMonotonicMs: Type.Optional(
      Type.Integer({
        description:
          'startedAt by the monotonic clock of the boot, ms: the same when it closes, wherever the wall clock has been set to.',
      }),
    ),
    extreme: Type.Number({ description: 'The value furthest beyond the limit so far.' }),
  },
  { additionalProperties: false },
);

/**
 * Evidence that the shock channel was watched: without it, quiet is not known to be quiet.
 * One a minute; spans of one boot never overlap by its monotonic clock, whatever happens to the wall clock.
 */
export const CoverageBody = Type.Object(
  {
    sensor: Sensor,
    startsAt: Ms,
    endsAt: Ms,
    samples: Type.Integer({ minimum: 0, description: 'Samples that were read in this span.' }),
    lostSamples: Type.Integer({
      minimum: 0,
      description: 'Samples that the FIFO overran or the bus lost in this span.',
    }),
    peakG: Type.Number({ minimum: 0, description: 'Largest resultant in the span, gravity included, g.' }),
    rejectedTriggers: Type.Integer({
      minimum: 0,
      description: 'Triggers that did not meet the storage criterion.',
    }),
  },
  { additionalProperties: false },
);

/** A sensor stopped giving values (`raised`) or gives them again. */
export const FaultBody = Type.Object(
  {
    sensor: Sensor,
    isRaised: Type.Boolean({ description: 'False when the sensor gives values again.' }),
    reason: Type.Enum(['absent', 'stale', 'corrupt', 'reset', 'hung'], {
      description: 'No answer; no new value; a wrong checksum; the chip lost its settings; its bus hangs.',
    }),
    detail: Type.String({ maxLength: 200, description: 'For the technician, in words.' }),
  },
  { additionalProperties: false },
);

/** Records that the agent dropped, and why: what is missing is said. */
export const TombstoneBody = Type.Object(
  {
    fromSeq: { ...Seq, description: 'First record that was dropped.' },
    toSeq: { ...Seq, description: 'Last record that was dropped.' },
    reason: Type.Enum(['outbox-full', 'refused', 'damaged'], {
      description: 'The outbox was full; the record did not fit its schema; it was damaged on disk.',
    }),
  },
  { additionalProperties: false },
);

export const ANCHOR_SOURCES = ['none', 'rtc', 'ntp'] as const;

/**
 * Both clocks of one boot, read together: wall time = wallMs + (monotonic time − monotonicMs). Made when a boot is
 * first watched, when the clock quality changes, and after a step of the wall clock. One from a synchronised clock
 * tells the true time of every record of its boot.
 */
export const AnchorBody = Type.Object(
  {
    monotonicMs: Type.Integer({ description: 'Monotonic clock of the boot, ms.' }),
    wallMs: Ms,
    source: Type.Enum([...ANCHOR_SOURCES], { description: 'What the wall clock was worth at that moment.' }),
    errorMs: Type.Integer({
      minimum: 0,
      description: 'How far apart the two readings may be, ms; what the source is off by comes on top.',
    }),
  },
  { additionalProperties: false },
);

/** The body of each kind of record. */
export const RECORD_BODIES = {
  climate: ClimateBody,
  shock: ShockBody,
  excursion: ExcursionBody,
  coverage: CoverageBody,
  fault: FaultBody,
  tombstone: TombstoneBody,
  anchor: AnchorBody,
} as const;

export type RecordKind = keyof typeof RECORD_BODIES;
export const RECORD_KINDS = Object.keys(RECORD_BODIES) as RecordKind[];

export type ClimateBody = Static<typeof ClimateBody>;
export type ShockBody = Static<typeof ShockBody>;
export type ExcursionBody = Static<typeof ExcursionBody>;
export type CoverageBody = Static<typeof CoverageBody>;
export type FaultBody = Static<typeof FaultBody>;
export type TombstoneBody = Static<typeof TombstoneBody>;
export type AnchorBody = Static<typeof AnchorBody>;
export type Waveform = Static<typeof Waveform>;
export type PeakG = Static<typeof PeakG>;
export type ImpactClass = (typeof IMPACT_CLASSES)[number];
export type RecordBodies = {
  climate: ClimateBody;
  shock: ShockBody;
  excursion: ExcursionBody;
  coverage: CoverageBody;
  fault: FaultBody;
  tombstone: TombstoneBody;
  anchor: AnchorBody;
};

/** When a record was made, on both clocks of the device. */
export interface RecordTime {
  /** Wall clock as the device saw it, ms since the epoch. */
  measuredAt: number;
  /** Monotonic clock of that boot, ms, rounded. */
  monotonicMs: number;
  clockQuality: 'none' | 'rtc' | 'ntp';
}

/** What sensing hands to the outbox: a record that has no identity yet. */
export type RecordDraft = { [K in RecordKind]: RecordTime & { kind: K; body: RecordBodies[K] } }[RecordKind];

/** A record of the outbox. Its identity is (device, epoch, seq); its time is data. */
export type DeviceRecord = RecordDraft & {
  seq: number;
  /** Names the origin of the monotonic clock. */
  bootId: string;
  /** Counts the boots of one epoch from 1; 0 where the boot is not known any more. */
  bootNumber?: number;
};

/** Kinds that are sent before anything else and are never thinned. */
export function isEventKind(kind: RecordKind): boolean {
  return kind !== 'climate' && kind !== 'coverage';
}
