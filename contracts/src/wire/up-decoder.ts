import { Compile } from '#typebox';
import { Sensor, TIME_LIMIT_MS } from './record-fields.ts';
import {
  CLIMATE_LIMITS,
  type ClimateBody,
  type DeviceRecord,
  RECORD_BODIES,
  RECORD_KINDS,
  type RecordKind,
} from './records.ts';
import { type DecodedUp, UpMessage } from './up-message.ts';

const isUpMessage = Compile(UpMessage);
const isSensor = Compile(Sensor);
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

type ClimateColumns = UpMessage['climate'][number];

/** The bodies of a run by their position. */
interface Bodies {
  kinds: (string | undefined)[];
  bodies: unknown[];
  /** Whether the body was found to fit its kind while it was made. */
  areSound: boolean[];
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
  const run = bodiesOf(message, count);
  if ('reason' in run) return run;
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
  let at = 0;
  let mono = 0;
  for (let i = 0; i < count; i++) {
    at += message.at[i] ?? Number.NaN;
    mono += message.mono[i] ?? Number.NaN;
    const kind = run.kinds[i];
    const body = run.bodies[i];
    const reason = problemOf(at, mono, kind, body, run.areSound[i] === true);
    if (reason === undefined) decoded.records.push(recordOf(message, i, at, mono, kind ?? '', body));
    else {
      const other = kind === undefined ? [] : [{ i: 0, kind, body }];
      const seq = message.seq + i;
      const raw = { ...message, seq, at: [at], mono: [mono], climate: [], other };
      decoded.malformed.push({ seq, reason, raw });
    }
  }
  return decoded;
}

/** The records of a message that was checked before, such as a stored one. Nothing is checked again. */
export function recordsOf(message: UpMessage): DeviceRecord[] {
  const run = bodiesOf(message, message.at.length);
  if ('reason' in run) throw new TypeError(run.reason);
  let at = 0;
  let mono = 0;
  return message.at.map((difference, i) => {
    at += difference;
    mono += message.mono[i] ?? 0;
    return recordOf(message, i, at, mono, run.kinds[i] ?? '', run.bodies[i]);
  });
}

/** Why a body does not fit its kind, or undefined where it does. Both ends check with this. */
export function bodyProblem(kind: string, body: unknown): string | undefined {
  if (!Object.hasOwn(isBody, kind)) return `kind ${JSON.stringify(kind).slice(0, 40)} is unknown`;
  const check = isBody[kind as RecordKind];
  return check.Check(body) ? undefined : firstReason(check.Errors(body));
}

function bodiesOf({ climate, other }: UpMessage, count: number): Bodies | { reason: string } {
  const kinds = new Array<string | undefined>(count).fill(undefined);
  const bodies = new Array<unknown>(count).fill(undefined);
  const areSound = new Array<boolean>(count).fill(false);
  for (const group of climate) {
    const isNamed = isSensor.Check(group.sensor);
    for (let n = 0; n < group.i.length; n++) {
      const i = group.i[n] ?? count;
      if (i >= count || kinds[i] !== undefined) return misplaced(i);
      kinds[i] = 'climate';
      bodies[i] = climateBody(group, n);
      areSound[i] = isNamed && isReading(group, n);
    }
  }
  for (const { i, kind, body } of other) {
    if (i >= count || kinds[i] !== undefined) return misplaced(i);
    kinds[i] = kind;
    bodies[i] = body;
  }
  return { kinds, bodies, areSound };
}

function misplaced(i: number): { reason: string } {
  return { reason: `position ${i} is outside the run or taken twice` };
}

function problemOf(
  at: number,
  mono: number,
  kind: string | undefined,
  body: unknown,
  isSound: boolean,
): string | undefined {
  if (kind === undefined) return 'the run has no body for this seq';
  if (!(Math.abs(at) <= TIME_LIMIT_MS && Number.isSafeInteger(mono)))
    return 'its time is beyond every calendar';
  return isSound ? undefined : bodyProblem(kind, body);
}

function recordOf(
  { seq, clock: clockQuality, bootId, bootNumber }: UpMessage,
  i: number,
  measuredAt: number,
  monotonicMs: number,
  kind: string,
  body: unknown,
): DeviceRecord {
  // Two literals: a spread costs more than all else that is done for a reading.
  const record =
    bootNumber === undefined
      ? { seq: seq + i, kind, measuredAt, monotonicMs, clockQuality, bootId, body }
      : { seq: seq + i, kind, measuredAt, monotonicMs, clockQuality, bootId, bootNumber, body };
  return record as DeviceRecord;
}

function climateBody({ sensor, t, rh, p, age }: ClimateColumns, n: number): Partial<ClimateBody> {
  // In the order of `recordHash`, which then has nothing to sort.
  const body: Partial<ClimateBody> = {};
  const ageMs = age[n];
  const pressureHpa = p[n];
  const relativeHumidityPct = rh[n];
  const temperatureC = t[n];
  if (ageMs !== undefined) body.ageMs = ageMs;
  if (typeof pressureHpa === 'number') body.pressureHpa = pressureHpa;
  if (typeof relativeHumidityPct === 'number') body.relativeHumidityPct = relativeHumidityPct;
  body.sensor = sensor;
  if (typeof temperatureC === 'number') body.temperatureC = temperatureC;
  return body;
}

/** Whether a reading fits the schema of its body, of which the columns were checked with the message. */
function isReading({ t, rh, p, age }: ClimateColumns, n: number): boolean {
  return (
    age[n] !== undefined &&
    isWithin(t[n], CLIMATE_LIMITS.temperatureC) &&
    isWithin(rh[n], CLIMATE_LIMITS.relativeHumidityPct) &&
    isWithin(p[n], CLIMATE_LIMITS.pressureHpa)
  );
}

/** What was not measured is within any limits. */
function isWithin(
  value: number | null | undefined,
  { minimum, maximum }: { minimum: number; maximum: number },
): boolean {
  return value === null || value === undefined || (value >= minimum && value <= maximum);
}
