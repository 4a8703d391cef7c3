import Type, { type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { TIME_LIMIT_MS } from './record-fields.ts';
import {
  type DeviceRecord,
  RECORD_BODIES,
  RECORD_KINDS,
  type RecordBodies,
  type RecordKind,
} from './records.ts';

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
    bootNumber: Type.Optional(
      Type.Integer({
        minimum: 0,
        description: 'Counts the boots of the epoch from 1; 0 where the boot is not known any more.',
      }),
    ),
    sentMono: Type.Optional(
      Type.Integer({
        description:
          'Monotonic ms at which the message was sent; only while the boot above is still running. Not part of any record.',
      }),
    ),
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

const isUpMessage = Compile(UpMessage);
const isBody = Object.fromEntries(
  RECORD_KINDS.map((kind) => [kind, Compile(RECORD_BODIES[kind])]),
) as unknown as Record<
  RecordKind,
  { Check(value: unknown): boolean; Errors(value: unknown): { instancePath: string; message: string }[] }
>;

const firstReason = (errors: { instancePath: string; message: string }[]): string => {
  const [first] = errors;
  return first === undefined ? 'does not fit the schema' : `${first.instancePath || '/'} ${first.message}`;
};

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

/**
 * Unpacks a message. A record whose body does not fit is reported, not thrown: it never stops the others.
 *
 * @returns the records, or the reason why the whole message cannot be read
 */
export function decodeUpMessage(message: unknown): DecodedUp | { reason: string } {
  if (!isUpMessage.Check(message)) return { reason: firstReason(isUpMessage.Errors(message)) };
  const count = message.at.length;
  if (message.mono.length !== count) return { reason: '/mono has another length than /at' };
  const bodies = new Array<{ kind: string; body: unknown } | undefined>(count);
  for (const item of [...message.climate.flatMap(climateItems), ...message.other]) {
    if (item.i >= count || bodies[item.i] !== undefined)
      return { reason: `position ${item.i} is outside the run or taken twice` };
    bodies[item.i] = item;
  }
  const at = sums(message.at);
  const mono = sums(message.mono);
  const decoded: DecodedUp = {
    epoch: message.epoch,
    outbox: message.outbox,
    fromSeq: message.seq,
    toSeq: message.seq + count - 1,
    sent: message.sentMono === undefined ? null : { bootId: message.bootId, monotonicMs: message.sentMono },
    chainBefore: message.chainBefore ?? null,
    records: [],
    malformed: [],
  };
  for (let i = 0; i < count; i++) {
    const seq = message.seq + i;
    const item = bodies[i];
    const reason =
      item === undefined
        ? 'the run has no body for this seq'
        : (timeProblem(at[i], mono[i]) ?? bodyProblem(item.kind, item.body));
    if (item === undefined || reason !== undefined) {
      const other = item === undefined ? [] : [{ ...item, i: 0 }];
      const raw = { ...message, seq, at: [at[i]], mono: [mono[i]], climate: [], other };
      decoded.malformed.push({ seq, reason: reason ?? '', raw });
      continue;
    }
    decoded.records.push(recordOf(message, i, at[i] ?? 0, mono[i] ?? 0, item.kind, item.body));
  }
  return decoded;
}

/** The records of a message that was checked before, such as a stored one. Nothing is checked again. */
export function recordsOf(message: UpMessage): DeviceRecord[] {
  const at = sums(message.at);
  const mono = sums(message.mono);
  return [...message.climate.flatMap(climateItems), ...message.other]
    .sort((a, b) => a.i - b.i)
    .map(({ i, kind, body }) => recordOf(message, i, at[i] ?? 0, mono[i] ?? 0, kind, body));
}

function recordOf(
  { seq, clock, bootId, bootNumber }: UpMessage,
  i: number,
  measuredAt: number,
  monotonicMs: number,
  kind: string,
  body: unknown,
): DeviceRecord {
  return {
    seq: seq + i,
    kind,
    measuredAt,
    monotonicMs,
    clockQuality: clock,
    bootId,
    ...(bootNumber !== undefined && { bootNumber }),
    body,
  } as DeviceRecord;
}

/** Why a body does not fit its kind, or undefined where it does. Both ends check with this. */
export function bodyProblem(kind: string, body: unknown): string | undefined {
  if (!Object.hasOwn(isBody, kind)) return `kind ${JSON.stringify(kind).slice(0, 40)} is unknown`;
  const check = isBody[kind as RecordKind];
  return check.Check(body) ? undefined : firstReason(check.Errors(body));
}

function timeProblem(at = Number.NaN, mono = Number.NaN): string | undefined {
  const isTime = Math.abs(at) <= TIME_LIMIT_MS && Number.isSafeInteger(mono);
  return isTime ? undefined : 'its time is beyond every calendar';
}

function climateItems(group: UpMessage['climate'][number]): { i: number; kind: string; body: unknown }[] {
  return group.i.map((i, n) => {
    const body: Partial<RecordBodies['climate']> = { sensor: group.sensor };
    const t = group.t[n];
    const rh = group.rh[n];
    const p = group.p[n];
    const age = group.age[n];
    if (typeof t === 'number') body.temperatureC = t;
    if (typeof rh === 'number') body.relativeHumidityPct = rh;
    if (typeof p === 'number') body.pressureHpa = p;
    if (age !== undefined) body.ageMs = age;
    return { i, kind: 'climate', body };
  });
}

function differences(values: readonly number[]): number[] {
  return values.map((value, i) => value - (i === 0 ? 0 : (values[i - 1] ?? 0)));
}

function sums(values: readonly number[]): number[] {
  let sum = 0;
  return values.map((value) => {
    sum += value;
    return sum;
  });
}
