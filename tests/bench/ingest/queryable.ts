import type { InfluxServer } from '@jostle/ingest/testing';
import { until } from '../waiting.ts';

type Answer = { results?: { series?: { values: [number, number][] }[] }[] };

/** How many readings of a time on a query finds. */
export async function readingsFrom(influx: InfluxServer, database: string, fromMs: number): Promise<number> {
  const statement = `SELECT count("temp_c") FROM "env" WHERE time >= ${Math.floor(fromMs)}ms`;
  const answer = (await influx.query(statement, database)) as Answer;
  return answer.results?.[0]?.series?.[0]?.values[0]?.[1] ?? 0;
}

/** Often enough to tell the rate, and seldom enough not to slow InfluxDB down. */
const POLL_MS = 100;

/** Resolves with the wall clock, ms, when a query finds so many. @throws JostleError INTERNAL where they do not come */
export async function whenQueryable(
  influx: InfluxServer,
  database: string,
  fromMs: number,
  count: number,
): Promise<number> {
  let found = 0;
  await until(
    `${count} readings in ${database}`,
    async () => {
      found = await readingsFrom(influx, database, fromMs);
      return found >= count;
    },
    { everyMs: POLL_MS, limitMs: 300_000 },
  ).catch((error: unknown) => {
    (error as Error).message += ` A query finds ${found}.`;
    throw error;
  });
  return Date.now();
}
