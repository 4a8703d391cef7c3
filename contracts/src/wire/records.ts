import Type, { type Static } from '#typebox';
import { CalibrationId, Count, MonotonicMs, Ms, Sensor, Seq, WITHOUT_NUL } from './record-fields.ts';
import { ShockBody } from './shock-body.ts';

/** What a climate sensor can possibly give; a reader of columns checks with the same numbers. */
export const CLIMATE_LIMITS = {
  temperatureC: { minimum: -100, maximum: 200 },
  relativeHumidityPct: { minimum: 0, maximum: 100 },
  pressureHpa: { minimum: 100, maximum: 1300 },
} as const;

/** One timed sample of one climate sensor. A value that the sensor does not measure is left out. */
export const ClimateBody = Type.Object(
  {
    sensor: Sensor,
    temperatureC: Type.Optional(Type.Number({ ...CLIMATE_LIMITS.temperatureC, description: 'Air, °C.' })),
    relativeHumidityPct: Type.Optional(
      Type.Number({ ...CLIMATE_LIMITS.relativeHumidityPct, description: 'Air, %.' }),
    ),
    pressureHpa: Type.Optional(Type.Number({ ...CLIMATE_LIMITS.pressureHpa, description: 'Air, hPa.' })),
    ageMs: Type.Integer({
      minimum: 0,
      description: 'How long before the record the value was read from the chip.',
    }),
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
    startedMonotonicMs: Type.Optional({
      ...MonotonicMs,
      description:
        'startedAt by the monotonic clock of the boot, ms: the same when it closes, wherever the wall clock has been set to.',
    }),
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
    samples: { ...Count, description: 'Samples that were read in this span.' },
    lostSamples: { ...Count, description: 'Samples that the FIFO overran or the bus lost in this span.' },
    peakG: Type.Number({ minimum: 0, description: 'Largest resultant in the span, gravity included, g.' }),
    rejectedTriggers: { ...Count, description: 'Triggers that did not meet the storage criterion.' },
    calibrationId: CalibrationId,
  },
  { additionalProperties: false },
);

/**
 * How the parcel lies: sent when it has come to rest in another way than before and kept still for 2 s, and once when the
 * device starts. Routine: it says how something was carried, and is no harm in itself.
 */
export const TiltBody = Type.Object(
  {
    sensor: Sensor,
    upFace: Type.Union([Type.Integer({ minimum: 1, maximum: 6 }), Type.Null()], {
      description:
        'Face that looks up, by ISO 2206: 1 top, 2 right, 3 base, 4 left, 5 near end, 6 far end; null where the mounting of the chip is not known: then only that it was turned.',
    }),
    tiltDeg: Type.Union([Type.Number({ minimum: 0, maximum: 180 }), Type.Null()], {
      description: 'Angle between the line from base to top and the vertical, degrees; null likewise.',
    }),
    startedAt: Ms,
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
    detail: Type.String({
      maxLength: 200,
      pattern: WITHOUT_NUL,
      description: 'For the technician, in words; without U+0000.',
    }),
  },
  { additionalProperties: false },
);

/**
 * Records that the agent dropped, and why: what is missing is said. A range may hold records that were kept, such as every
 * second one of a thinned span: what was received was not dropped, whichever message came first.
 */
export const TombstoneBody = Type.Object(
  {
    fromSeq: { ...Seq, description: 'First record that was dropped.' },
    toSeq: {
      ...Seq,
      description: 'Last record that was dropped. Those between that were received were not dropped.',
    },
    reason: Type.Enum(['outbox-full', 'refused', 'damaged', 'not-stored'], {
      description:
        'The outbox was full; the record did not fit its schema; it was damaged on disk; the disk took it in no form.',
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
    monotonicMs: MonotonicMs,
    wallMs: Ms,
    source: Type.Enum([...ANCHOR_SOURCES], { description: 'What the wall clock was worth at that moment.' }),
    errorMs: {
      ...Count,
      description: 'How far apart the two readings may be, ms; what the source is off by comes on top.',
    },
  },
  { additionalProperties: false },
);

/** The body of each kind of record. */
export const RECORD_BODIES = {
  climate: ClimateBody,
  shock: ShockBody,
  excursion: ExcursionBody,
  coverage: CoverageBody,
  tilt: TiltBody,
  fault: FaultBody,
  tombstone: TombstoneBody,
  anchor: AnchorBody,
} as const;

export type RecordKind = keyof typeof RECORD_BODIES;
export const RECORD_KINDS = Object.keys(RECORD_BODIES) as RecordKind[];

export type ClimateBody = Static<typeof ClimateBody>;
export type ExcursionBody = Static<typeof ExcursionBody>;
export type CoverageBody = Static<typeof CoverageBody>;
export type TiltBody = Static<typeof TiltBody>;
export type FaultBody = Static<typeof FaultBody>;
export type TombstoneBody = Static<typeof TombstoneBody>;
export type AnchorBody = Static<typeof AnchorBody>;
export type RecordBodies = {
  climate: ClimateBody;
  shock: ShockBody;
  excursion: ExcursionBody;
  coverage: CoverageBody;
  tilt: TiltBody;
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
  return kind !== 'climate' && kind !== 'coverage' && kind !== 'tilt';
}
