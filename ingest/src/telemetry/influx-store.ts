import { JostleError, MEASUREMENTS, pointTimeNs } from '@jostle/contracts';
import { pointLines } from './point-line.ts';
import {
  type ClimatePoint,
  HOUR_MS,
  type HourCount,
  type PointPlace,
  type PointTime,
  stretchMs,
  type TelemetryPoint,
  type TelemetryStore,
  type WriteOutcome,
} from './telemetry-store.ts';

const TIMEOUT_MS = 10_000;
/** The longest that a server's Retry-After is obeyed, ms: a wrong one must not stop the curves for ever. */
const RETRY_AFTER_MAX_MS = 15 * 60_000;
/** Of version 1. What cannot be read beside such points is dropped as well, and not counted. */
const TOO_OLD = /^\{"error":"partial write: points beyond retention policy dropped=(\d+)"\}\s*$/;
/** They travel in the address, some 100 bytes each. */
const DELETES_PER_REQUEST = 100;

/** The hours that one question counts. */
const COUNTED_MS = 6 * HOUR_MS;
/** The fields by which points are counted: every point has at least one of its kind. */
const COUNTED = {
  climate: Object.values(MEASUREMENTS.climate.fields),
  shock: [MEASUREMENTS.shock.fields.peakG],
};

/** A part of an answer: rows that begin with their time. */
interface Series {
  tags?: { device?: string };
  values: (number | string | null)[][];
}

interface Answer {
  status: number;
  headers: Headers;
  body: string;
}

export interface InfluxPlace {
  url: string;
  database: string;
  /** Ignored by InfluxDB 2 and 3, which take the password as an API token. */
  user: string | undefined;
  token: string | undefined;
}

/**
 * InfluxDB in the dialect that versions 1, 2 and 3 share: line protocol to `/write`, InfluxQL to `/query`,
 * HTTP Basic. Only version 1 has CREATE DATABASE; the others make a database otherwise.
 */
export class InfluxTelemetryStore implements TelemetryStore {
  readonly kinds = ['climate', 'shock'] as const;
  readonly #place: InfluxPlace;
  readonly #timeoutMs: number;
  // Of the requests that are under way; `close` ends them.
  readonly #requests = new Set<AbortController>();

  /** @param timeoutMs how long an answer may take */
  constructor(place: InfluxPlace, timeoutMs = TIMEOUT_MS) {
    this.#place = place;
    this.#timeoutMs = timeoutMs;
  }

  async write(points: readonly TelemetryPoint[]): Promise<WriteOutcome> {
    const lines = pointLines(points);
    const first = await this.#post(lines);
    if ('kind' in first) return first;
    const isMissing = first.status === 404 && first.headers.get('x-influxdb-version')?.startsWith('1.');
    if (!isMissing) return outcomeOf(first, points.length);
    const failed = await this.#create();
    if (failed !== undefined) return failed;
    const second = await this.#post(lines);
    return 'kind' in second ? second : outcomeOf(second, points.length);
  }

  /** DELETE is InfluxQL of version 1 and of the compatibility API of version 2; version 3 cannot take a point out. */
  async remove(points: readonly PointPlace[]): Promise<WriteOutcome> {
    for (let i = 0; i < points.length; i += DELETES_PER_REQUEST) {
      const statements = points
        .slice(i, i + DELETES_PER_REQUEST)
        .map(
          ({ kind, deviceId, measuredAt, seq }) =>
            `DELETE FROM ${quoted(MEASUREMENTS[kind].name)} ` +
            `WHERE "device" = ${text(deviceId)} AND time = ${pointTimeNs(measuredAt, seq)}`,
        );
      const outcome = await this.#delete(statements.join('; '));
      if (outcome.kind !== 'written') return outcome;
    }
    return { kind: 'written' };
  }

  async climate(deviceId: string, fromMs: number, toMs: number, maxPoints: number): Promise<ClimatePoint[]> {
    const { name, fields } = MEASUREMENTS.climate;
    const series = await this.#query(
      `SELECT mean(${quoted(fields.temperatureC)}), mean(${quoted(fields.relativeHumidityPct)}), ` +
        `mean(${quoted(fields.pressureHpa)}) FROM ${quoted(name)} ` +
        `WHERE "device" = ${text(deviceId)} AND time >= ${fromMs}ms AND time < ${toMs}ms ` +
        `GROUP BY time(${stretchMs(fromMs, toMs, maxPoints)}ms) fill(none)`,
      'GET',
      'ms',
    );
    const rows = (series[0]?.values ?? []) as (number | null)[][];
    return rows.map(([measuredAt, temperatureC, relativeHumidityPct, pressureHpa]) => ({
      measuredAt: measuredAt ?? 0,
      temperatureC: temperatureC ?? null,
      relativeHumidityPct: relativeHumidityPct ?? null,
      pressureHpa: pressureHpa ?? null,
    }));
  }

  async countHours(fromMs: number, toMs: number, deviceId?: string): Promise<HourCount[]> {
    const counts: HourCount[] = [];
    for (let from = fromMs; from < toMs; from += COUNTED_MS)
      for (const kind of this.kinds) {
        const columns = COUNTED[kind].map((field) => `count(${quoted(field)})`);
        const series = await this.#query(
          `SELECT ${columns.join(', ')} FROM ${quoted(MEASUREMENTS[kind].name)} ` +
            `WHERE ${within(from, Math.min(toMs, from + COUNTED_MS), deviceId)} ` +
            'GROUP BY time(1h), "device" fill(none)',
          'GET',
          'ms',
        );
        for (const { tags, values } of series)
          for (const [hour, ...fields] of values)
            counts.push({
              deviceId: tags?.device ?? '',
              hour: Number(hour),
              values: fields.reduce<number>((sum, count) => sum + Number(count ?? 0), 0),
            });
      }
    return counts;
  }

  /** Times are asked for as text: in JSON numbers nanoseconds would be rounded. */
  async pointTimes(deviceId: string, fromMs: number, toMs: number): Promise<PointTime[]> {
    const found: PointTime[] = [];
    for (const kind of this.kinds) {
      const columns = COUNTED[kind].map(quoted);
      const series = await this.#query(
        `SELECT ${columns.join(', ')} FROM ${quoted(MEASUREMENTS[kind].name)} ` +
          `WHERE ${within(fromMs, toMs, deviceId)}`,
        'GET',
      );
      for (const [time] of series[0]?.values ?? []) found.push({ kind, timeNs: nanosecondsOf(String(time)) });
    }
    return found;
  }

  async close(): Promise<void> {
    for (const request of this.#requests) request.abort();
  }

  async #post(lines: string): Promise<Answer | WriteOutcome> {
    try {
      return await this.#fetch('write', {}, { method: 'POST', body: lines });
    } catch (error) {
      return { kind: 'retry', reason: reasonOf(error) };
    }
  }

  /** @returns why there is no database; undefined where there is one now */
  async #create(): Promise<WriteOutcome | undefined> {
    let answer: Answer;
    try {
      const q = `CREATE DATABASE ${quoted(this.#place.database)}`;
      answer = await this.#fetch('query', { q }, { method: 'POST' });
    } catch (error) {
      return { kind: 'retry', reason: reasonOf(error) };
    }
    if (answer.status === 200 && !answer.body.includes('"error"')) return undefined;
    const outcome = outcomeOf(answer);
    return outcome.kind === 'retry'
      ? outcome
      : { kind: 'refused', reason: `the database cannot be made: ${answer.body.trim().slice(0, 300)}` };
  }

  /** A statement that fails does so with status 200. */
  async #delete(q: string): Promise<WriteOutcome> {
    try {
      const answer = await this.#fetch('query', { q }, { method: 'POST' });
      if (answer.status !== 200) return outcomeOf(answer);
      const isDone = !answer.body.includes('"error"') || answer.body.includes('database not found');
      return isDone ? { kind: 'written' } : { kind: 'invalid', reason: answer.body.trim().slice(0, 300) };
    } catch (error) {
      return { kind: 'retry', reason: reasonOf(error) };
    }
  }

  async #query(q: string, method: 'GET' | 'POST', epoch?: 'ms'): Promise<Series[]> {
    let answer: Answer;
    try {
      answer = await this.#fetch('query', { q, ...(epoch && { epoch }) }, { method });
    } catch (error) {
      throw new JostleError('INGEST_TELEMETRY_UNAVAILABLE', `InfluxDB does not answer: ${reasonOf(error)}`, {
        cause: error,
      });
    }
    return seriesOf(answer);
  }

  async #fetch(path: string, query: Record<string, string>, init: RequestInit): Promise<Answer> {
    const { url, database, user, token } = this.#place;
    const address = new URL(path, url.endsWith('/') ? url : `${url}/`);
    for (const [key, value] of Object.entries({ db: database, ...query }))
      address.searchParams.set(key, value);
    const credentials = Buffer.from(`${user ?? ''}:${token ?? ''}`).toString('base64');
    const request = new AbortController();
    const limit = this.#timeoutMs;
    const timer = setTimeout(() => request.abort(new Error(`no answer in ${limit} ms`)), limit);
    this.#requests.add(request);
    try {
      const response = await fetch(address, {
        ...init,
        // Followed, a POST may arrive as a GET, be answered with 200, and be lost.
        redirect: 'manual',
        signal: request.signal,
        headers: token === undefined ? {} : { authorization: `Basic ${credentials}` },
      });
      // Read here, so that the time limit covers the body as well.
      const body = await response.text();
      return { status: response.status, headers: response.headers, body };
    } finally {
      clearTimeout(timer);
      this.#requests.delete(request);
    }
  }
}

/** Of a write of so many points, none for another statement. InfluxDB says 204 and nothing else: another success comes from something else at that address. */
function outcomeOf({ status, headers, body }: Answer, points = 0): WriteOutcome {
  const reason = `status ${status}: ${body.trim().slice(0, 300)}`;
  if (status === 204) return { kind: 'written' };
  const tooOld = Number(TOO_OLD.exec(body)?.[1]);
  if (status === 400 && tooOld === points) return { kind: 'written', tooOld };
  if (status === 413) return { kind: 'too-large' };
  if (status === 400 || status === 422) return { kind: 'invalid', reason };
  const mayPass = status >= 500 || [408, 425, 429].includes(status);
  return mayPass ? { kind: 'retry', reason, afterMs: retryAfterMs(headers) } : { kind: 'refused', reason };
}

/** What the server asks to wait: seconds, or a date by its own clock (RFC 9110 section 10.2.3). */
function retryAfterMs(headers: Headers): number | undefined {
  const text = headers.get('retry-after');
  if (text === null) return undefined;
  const ms = /^\d+$/.test(text)
    ? Number(text) * 1000
    : Date.parse(text) - Date.parse(headers.get('date') ?? '');
  return Number.isNaN(ms) ? undefined : Math.min(RETRY_AFTER_MAX_MS, Math.max(0, ms));
}

/** @throws JostleError INGEST_TELEMETRY_UNAVAILABLE */
function seriesOf({ status, body }: Answer): Series[] {
  let answer: { error?: string; results?: { error?: string; series?: Series[] }[] };
  try {
    answer = JSON.parse(body) as typeof answer;
  } catch {
    answer = { error: `its answer is not that of InfluxDB: ${body.slice(0, 100)}` };
  }
  const problem =
    answer.error ?? answer.results?.[0]?.error ?? (status === 200 ? undefined : `status ${status}`);
  // Before the first write there is no database, and so there are no readings.
  if (problem?.startsWith('database not found')) return [];
  if (problem !== undefined)
    throw new JostleError('INGEST_TELEMETRY_UNAVAILABLE', `InfluxDB refuses the query: ${problem}`);
  return answer.results?.[0]?.series ?? [];
}

function within(fromMs: number, toMs: number, deviceId?: string): string {
  const ofDevice = deviceId === undefined ? '' : ` AND "device" = ${text(deviceId)}`;
  return `time >= ${fromMs}ms AND time < ${toMs}ms${ofDevice}`;
}

/** Of an instant with up to nine digits behind the second. */
function nanosecondsOf(instant: string): string {
  const [seconds = '', fraction = ''] = instant.replace('Z', '').split('.');
  return `${Date.parse(`${seconds}Z`) / 1000}${fraction.padEnd(9, '0')}`;
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as { message?: string; cause?: { message?: string } };
  return cause?.message ?? message ?? String(error);
}

const quoted = (identifier: string) => `"${identifier.replace(/["\\]/g, '\\$&')}"`;
const text = (value: string) => `'${value.replace(/['\\]/g, '\\$&')}'`;
