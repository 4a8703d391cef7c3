import { sql, type Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { NotedBoot } from './boot-notes.ts';
import { AGREEMENT_MS, placeRecord, reachOf } from './placement.ts';
import { type NewTime, setTime } from './stored-records.ts';

/** Brings the stored records of a boot to where its line puts them now: the rule of `placeRecord`, in SQL. */
export async function moveRecords(trx: Transaction<Database>, boot: NotedBoot): Promise<void> {
  const { anchors, heardOffsetMs, row } = boot;
  const reach = reachOf(anchors);
  for (const [i, { wallMs, monotonicMs }] of anchors.entries()) {
    const fromMono = Math.max(row.first_mono_ms, reach[i] ?? Number.NEGATIVE_INFINITY);
    const toMono = Math.min(row.last_mono_ms + 1, reach[i + 1] ?? Number.POSITIVE_INFINITY);
    const isInReach = sql<boolean>`mono_ms >= ${sql.lit(fromMono)} and mono_ms < ${sql.lit(toMono)}`;
    if (fromMono < toMono) await moveTo(trx, boot, wallMs - monotonicMs, isInReach);
  }
  if (anchors.length === 0 && heardOffsetMs !== null)
    await moveTo(trx, boot, heardOffsetMs, sql<boolean>`clock <> 'ntp'`);
}

async function moveTo(
  trx: Transaction<Database>,
  boot: NotedBoot,
  offsetMs: number,
  which: NewTime['which'],
): Promise<void> {
  const line = sql<number>`(mono_ms + ${sql.lit(offsetMs)})`;
  const agrees = sql<boolean>`(clock <> 'none' and abs(${line} - measured_at) <= ${sql.lit(AGREEMENT_MS)})`;
  await setTime(trx, boot.row, {
    which,
    at: sql`(case when ${agrees} then measured_at else ${line} end)`,
    quality: sql`(case when ${agrees} then 'measured' else 'corrected' end)`,
    place: (record) => placeRecord(record, boot),
  });
}
