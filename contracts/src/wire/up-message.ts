import Type, { type Static } from '#typebox';
import { Count, MonotonicMs } from './record-fields.ts';
import type { DeviceRecord } from './records.ts';

/** A column with one number per reading; null where the sensor does not measure it. */
const column = (description: string) => Type.Array(Type.Union([Type.Number(), Type.Null()]), { description });

/** Leaves room for the run above it within the whole numbers that JSON keeps exact. */
const SEQ_MAX = Number.MAX_SAFE_INTEGER - 1000;

/**
 * A run of records with consecutive seq, of one boot and one clock quality.
 * Climate readings travel in columns, one group per sensor; all other kinds as whole bodies.
 */
export const UpMessage = Type.Object(
  {
    v: Type.Literal(1, { description: 'Version of the wire format.' }),
    epoch: Type.String({
      format: 'uuid',
      pattern: '^[0-9a-f-]{36}$',
      description: 'Made with the outbox file.',
    }),
    bootId: Type.String({
      pattern: '^[0-9a-f-]{36}$',
      description: 'Names the origin of the monotonic clock.',
    }),
    bootNumber: Type.Optional({
      ...Count,
      description: 'Counts the boots of the epoch from 1; 0 where the boot is not known any more.',
    }),
    sentMono: Type.Optional({
      ...MonotonicMs,
      description:
        'Monotonic ms at which the message was sent; only while the boot above is still running. Not part of any record.',
    }),
    clock: Type.Enum(['none', 'rtc', 'ntp'], {
      description: 'The wall clock was never set, kept by a battery clock, or synchronised.',
    }),
    seq: Type.Integer({ minimum: 1, maximum: SEQ_MAX, description: 'Of the first record.' }),
    chainBefore: Type.Optional(
      Type.String({
        pattern: '^[A-Za-z0-9_-]{43}$',
        description: 'Chain of the outbox before the first record: SHA-256 in base64url.',
      }),
    ),
    outbox: Type.Object(
      {
        minSeq: Type.Integer({ minimum: 0, maximum: SEQ_MAX }),
        maxSeq: Type.Integer({ minimum: 0, maximum: SEQ_MAX }),
      },
      { additionalProperties: false, description: 'What the outbox still holds when this was sent.' },
    ),
    at: Type.Array(Type.Integer(), {
      minItems: 1,
      maxItems: 1000,
      description: 'measuredAt of each record: the first whole, then differences, ms.',
    }),
    mono: Type.Array(Type.Integer(), {
      minItems: 1,
      maxItems: 1000,
      description: 'monotonicMs of each record, likewise.',
    }),
    climate: Type.Array(
      Type.Object(
        {
          sensor: Type.String({ minLength: 1, maxLength: 32, description: 'Chip and address.' }),
          i: Type.Array(Type.Integer({ minimum: 0 }), {
            description: 'Position in the run of each reading.',
          }),
          t: column('Air temperature, °C.'),
          rh: column('Relative humidity, %.'),
          p: column('Air pressure, hPa.'),
          age: Type.Array(Type.Integer({ minimum: 0 }), {
            description: 'Age of the value when it was recorded, ms.',
          }),
        },
        { additionalProperties: false },
      ),
    ),
    other: Type.Array(
      Type.Object(
        {
          i: Type.Integer({ minimum: 0, description: 'Position in the run.' }),
          kind: Type.String({ description: 'One of the kinds below.' }),
          body: Type.Unknown({ description: 'As its kind says.' }),
        },
        { additionalProperties: false },
      ),
    ),
  },
  { additionalProperties: false },
);
export type UpMessage = Static<typeof UpMessage>;

export interface OutboxSpan {
  minSeq: number;
  maxSeq: number;
}

/** What a message gave: records that fit their schema, and the seq of each that did not. */
export interface DecodedUp {
  epoch: string;
  outbox: OutboxSpan;
  fromSeq: number;
  toSeq: number;
  /** The boot that was still running when the message was sent, and its monotonic clock then. */
  sent: { bootId: string; monotonicMs: number } | null;
  /** Chain of the outbox before the first record; null where the message does not say it. */
  chainBefore: string | null;
  records: DeviceRecord[];
  /** `raw` is a message that holds this record alone: with it, it can be read again after a repair. */
  malformed: { seq: number; reason: string; raw: unknown }[];
}

/**
 * Packs records for the wire.
 *
 * @param records at least one, consecutive seq, one bootId and one clock quality
 * @param sent the running boot and its monotonic clock, ms; told where the records are of that boot
 * @param chainBefore chain of the outbox before the first record; null where it is not known
 */
export function encodeUpMessage(
  epoch: string,
  outbox: OutboxSpan,
  records: readonly DeviceRecord[],
  sent: DecodedUp['sent'] = null,
  chainBefore: string | null = null,
): UpMessage {
  const [first] = records;
  if (first === undefined) throw new RangeError('a message needs at least one record');
  const climate = new Map<string, UpMessage['climate'][number]>();
  const other: UpMessage['other'] = [];
  records.forEach((record, i) => {
    if (record.kind !== 'climate') {
      other.push({ i, kind: record.kind, body: record.body });
      return;
    }
    const { sensor, temperatureC, relativeHumidityPct, pressureHpa, ageMs } = record.body;
    const group = climate.get(sensor) ?? { sensor, i: [], t: [], rh: [], p: [], age: [] };
    climate.set(sensor, group);
    group.i.push(i);
    group.t.push(temperatureC ?? null);
    group.rh.push(relativeHumidityPct ?? null);
    group.p.push(pressureHpa ?? null);
    group.age.push(ageMs);
  });
  return {
    v: 1,
    epoch,
    bootId: first.bootId,
    ...(first.bootNumber !== undefined && { bootNumber: first.bootNumber }),
    ...(sent?.bootId === first.bootId && { sentMono: Math.round(sent.monotonicMs) }),
    clock: first.clockQuality,
    seq: first.seq,
    ...(chainBefore !== null && { chainBefore }),
    outbox,
    at: differences(records.map((r) => r.measuredAt)),
    mono: differences(records.map((r) => r.monotonicMs)),
    climate: [...climate.values()],
    other,
  };
}

function differences(values: readonly number[]): number[] {
  return values.map((value, i) => value - (i === 0 ? 0 : (values[i - 1] ?? 0)));
}
