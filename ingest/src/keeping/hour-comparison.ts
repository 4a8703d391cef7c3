import type { HourDifference } from '@jostle/contracts';
import { pointTimeText, unionOfRanges } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { isCovered } from '../inbox/group-sort.ts';
import { toInstant } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import type { PointDelivery } from '../telemetry/point-delivery.ts';
import { placedPoints } from '../telemetry/run-batch.ts';
import { RUN_COLUMNS } from '../telemetry/run-points.ts';
import {
  HOUR_MS,
  type PointPlace,
  type PointTime,
  type TelemetryPoint,
  type TelemetryStore,
} from '../telemetry/telemetry-store.ts';
import { TELEMETRY_CURSOR, type TelemetryWriter } from '../telemetry/telemetry-writer.ts';
import { forgetTaken, pointKey, type RefusedRow, refusedRows } from './refused-points.ts';

/** The digits of a point's time below the millisecond. */
const SEQ_DIGITS = 6;
/** Looks at one hour; boots that move all the time are left to the next comparison. */
const LOOKS = 3;

export interface Comparing {
  db: Kysely<Database>;
  telemetry: TelemetryStore;
  writer: TelemetryWriter;
}

type Counted = Omit<HourDifference, 'device' | 'hour' | 'outcome'>;

/** Two sets of points of one device. */
interface Difference {
  counted: Counted;
  missing: TelemetryPoint[];
  /** Missing, because the telemetry store refused them. */
  refused: TelemetryPoint[];
  extra: PointPlace[];
  /** What the quarantine has of points of this hour, refused or written since. */
  rows: RefusedRow[];
}

const keyOf = ({ kind, timeNs }: PointTime) => `${kind}@${timeNs}`;
const timeOf = ({ measuredAt, seq }: TelemetryPoint) => pointTimeText(measuredAt, seq);

/**
 * Compares one hour of one device point by point, between two writes, and mends it where that is wanted. What the telemetry
 * store refused is no loss: its cause may be mended by now, so it is sent again then.
 *
 * @returns undefined where both hold the same, or where the writer was stopped
 * @throws JostleError INGEST_TELEMETRY_UNAVAILABLE
 */
export function compareHour(
  comparing: Comparing,
  deviceId: string,
  hour: number,
  isFixing: boolean,
): Promise<HourDifference | undefined> {
  return comparing.writer.run(async (delivery) => {
    const found = await differenceOf(comparing, deviceId, hour);
    if (found === undefined) return undefined;
    const outcome = isFixing ? await mend(comparing.db, delivery, found) : outcomeOf(found);
    const { missing, refused, extra } = found.counted;
    if (missing + refused + extra === 0) return undefined;
    return { device: deviceId, hour: toInstant(hour), ...found.counted, outcome };
  });
}

function outcomeOf({ missing, extra }: Difference): HourDifference['outcome'] {
  return missing.length + extra.length === 0 ? 'refused' : 'differs';
}

/** It still differs where the writer was stopped, and where points are older than the telemetry store keeps any. */
async function mend(
  db: Kysely<Database>,
  delivery: PointDelivery,
  { missing, refused, extra, rows }: Difference,
): Promise<HourDifference['outcome']> {
  const { tooOld } = delivery;
  if (!(await delivery.remove(extra))) return 'differs';
  const refusedAgain = await delivery.deliver([...missing, ...refused]);
  if (refusedAgain === undefined || delivery.tooOld !== tooOld) return 'differs';
  await forgetTaken(db, rows, refusedAgain);
  return refusedAgain.length === 0 ? 'mended' : 'refused';
}

/** @returns undefined while a boot of the device is moving: its points are where they were before */
async function differenceOf(
  { db, telemetry }: Comparing,
  deviceId: string,
  hour: number,
): Promise<Difference | undefined> {
  for (let look = 0; look < LOOKS; look++) {
    // The telemetry store first: what it has then is in the inbox already.
    const found = await telemetry.pointTimes(deviceId, hour, hour + HOUR_MS);
    const { expected, isCarried } = await pointsOfHour(db, deviceId, hour);
    const isMoving = await db
      .selectFrom('boot_move')
      .select('id')
      .where('device_id', '=', deviceId)
      .limit(1)
      .executeTakeFirst();
    if (isMoving !== undefined) continue;
    const kept = expected.filter(({ kind }) => telemetry.kinds.includes(kind));
    const carried = kept.filter(isCarried);
    const keys = new Set(carried.map(pointKey));
    const rows = (await refusedRows(db, deviceId)).filter(({ key }) => keys.has(key));
    const aside = new Set(rows.map(({ key }) => key));
    const has = new Set(found.map(keyOf));
    const belongs = new Set(kept.map((point) => keyOf({ kind: point.kind, timeNs: timeOf(point) })));
    const absent = carried.filter((point) => !has.has(keyOf({ kind: point.kind, timeNs: timeOf(point) })));
    const missing = absent.filter((point) => !aside.has(pointKey(point)));
    const refused = absent.filter((point) => aside.has(pointKey(point)));
    const strays = found.filter((point) => !belongs.has(keyOf(point)));
    const extra = strays.length === 0 ? [] : await knownElsewhere(db, deviceId, strays);
    const counted = {
      inbox: kept.length,
      telemetry: found.length,
      missing: missing.length,
      refused: refused.length,
      extra: extra.length,
    };
    return { counted, missing, refused, extra, rows };
  }
  return undefined;
}

async function pointsOfHour(db: Kysely<Database>, deviceId: string, hour: number) {
  const cursor = await db
    .selectFrom('cursor')
    .select('value')
    .where('name', '=', TELEMETRY_CURSOR)
    .executeTakeFirst();
  const rows = await db
    .selectFrom('inbox')
    .select(RUN_COLUMNS)
    .where('device_id', '=', deviceId)
    // A shock event is recorded some time after its impact.
    .where('first_at', '<', hour + 2 * HOUR_MS)
    .where('last_at', '>=', hour)
    .execute();
  const all = await placedPoints(db, rows);
  const beyond = rows.filter(({ id }) => id > (cursor?.value ?? 0));
  return {
    expected: all.filter(({ measuredAt }) => measuredAt >= hour && measuredAt < hour + HOUR_MS),
    isCarried: ({ epoch, seq }: TelemetryPoint) =>
      !beyond.some((row) => row.epoch === epoch && row.from_seq <= seq && seq < row.from_seq + row.records),
  };
}

/**
 * Of points that belong to no record of this hour those that can only be of records that the inbox has, so that they
 * belong elsewhere or nowhere. A point names its record by the last digits of its seq alone: where the device has another
 * record with these digits, of whatever epoch, that has left the inbox or never came, the point may be all that is left
 * of it and stays.
 */
async function knownElsewhere(
  db: Kysely<Database>,
  deviceId: string,
  strays: readonly PointTime[],
): Promise<PointPlace[]> {
  const epochs = await db
    .selectFrom('received')
    .select(({ fn }) => ['epoch', fn.max('to_seq').as('last')])
    .where('device_id', '=', deviceId)
    .groupBy('epoch')
    .execute();
  const runs = await db
    .selectFrom('inbox')
    .select(['epoch', 'from_seq', 'to_seq'])
    .where('device_id', '=', deviceId)
    .execute();
  const kept = epochs.map(({ epoch, last }) => {
    const own = runs.filter((run) => run.epoch === epoch);
    return { last, ranges: unionOfRanges(own.map(({ from_seq, to_seq }) => [from_seq, to_seq])) };
  });
  return strays.flatMap(({ kind, timeNs }) => {
    const seq = Number(timeNs.slice(-SEQ_DIGITS));
    const sights = kept.flatMap(({ last, ranges }) =>
      seqsEnding(seq, last).map((candidate) => isCovered(ranges, candidate)),
    );
    if (sights.length === 0 || sights.includes(false)) return [];
    return [{ kind, deviceId, measuredAt: Number(timeNs.slice(0, -SEQ_DIGITS)), seq }];
  });
}

/** Each seq up to `last` whose last digits are these; seqs begin at 1. */
function seqsEnding(digits: number, last: number): number[] {
  const step = 10 ** SEQ_DIGITS;
  const first = digits === 0 ? step : digits;
  return Array.from(
    { length: Math.max(0, Math.floor((last - first) / step) + 1) },
    (_, n) => first + n * step,
  );
}
