import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { AlertNews } from './alerts.ts';
import { type ChainRange, joinRun, type LinkedRun } from './chain-rules.ts';
import type { EpochAccount } from './epoch-accounts.ts';
import { keyOf, type ReceptionFacts } from './reception-facts.ts';

/** Rows that one DELETE names; SQLite allows 1,000 terms of an expression. */
const NAMED_ROWS = 250;

interface Followed {
  deviceId: string;
  epoch: string;
  old: ChainRange[];
  now: ChainRange[];
}

/**
 * Follows the chain of each outbox over what came. A message without a link, or with a record that cannot be read,
 * says nothing.
 *
 * @param accounts keyed by `keyOf`; ranges below what is decided are let go, nothing will touch them
 */
export async function checkChain(
  trx: Transaction<Database>,
  facts: readonly ReceptionFacts[],
  accounts: ReadonlyMap<string, EpochAccount>,
): Promise<AlertNews[]> {
  const linked = facts.filter(({ runs }) => runs.some(isLinked));
  if (linked.length === 0) return [];
  const known = await readChain(trx, linked);
  const news: AlertNews[] = [];
  const followed = linked.map(({ deviceId, epoch, receivedAt, runs }): Followed => {
    const old = known.get(keyOf({ deviceId, epoch })) ?? [];
    let now = old;
    for (const run of runs.filter(isLinked)) {
      const { ranges, breaks } = joinRun(now, epoch, run);
      now = ranges;
      for (const seq of breaks) news.push(chainAlert(deviceId, epoch, seq, receivedAt));
    }
    const decidedBelow = accounts.get(keyOf({ deviceId, epoch }))?.decidedBelow ?? 0;
    return { deviceId, epoch, old, now: now.filter(({ toSeq }) => toSeq >= decidedBelow - 1) };
  });
  await writeChain(trx, followed);
  return news;
}

function isLinked(run: ReceptionFacts['runs'][number]): run is LinkedRun {
  return run.chainBefore !== null && run.records.length > 0;
}

function chainAlert(deviceId: string, epoch: string, seq: number, at: number): AlertNews {
  return {
    ...{ kind: 'chain-broken', deviceId, epoch, fromSeq: seq, toSeq: seq, records: 1, at },
    detail: `the chain of the outbox does not go on at record ${seq}: one up to there was changed or left out`,
  };
}

async function readChain(
  trx: Transaction<Database>,
  facts: readonly ReceptionFacts[],
): Promise<Map<string, ChainRange[]>> {
  const known = new Map<string, ChainRange[]>();
  for (const chunk of insertChunks(facts)) {
    const rows = await trx
      .selectFrom('chain_range')
      .selectAll()
      .where('device_id', 'in', [...new Set(chunk.map(({ deviceId }) => deviceId))])
      .where('epoch', 'in', [...new Set(chunk.map(({ epoch }) => epoch))])
      .orderBy('from_seq')
      .execute();
    for (const row of rows) {
      const key = keyOf({ deviceId: row.device_id, epoch: row.epoch });
      const own = known.get(key) ?? [];
      known.set(key, own);
      own.push({
        ...{ fromSeq: row.from_seq, toSeq: row.to_seq },
        ...{ before: row.link_before, after: row.link_after },
      });
    }
  }
  return known;
}

async function writeChain(trx: Transaction<Database>, followed: readonly Followed[]): Promise<void> {
  const changed = followed.flatMap(({ deviceId, epoch, old, now }) =>
    now
      .filter((range) => !old.includes(range))
      .map(({ fromSeq, toSeq, before, after }) => ({
        ...{ device_id: deviceId, epoch, from_seq: fromSeq, to_seq: toSeq },
        ...{ link_before: before, link_after: after },
      })),
  );
  const gone = followed.flatMap(({ deviceId, epoch, old, now }) =>
    old
      .filter(({ fromSeq }) => !now.some((range) => range.fromSeq === fromSeq))
      .map(({ fromSeq }) => ({ deviceId, epoch, fromSeq })),
  );
  for (let i = 0; i < gone.length; i += NAMED_ROWS)
    await trx
      .deleteFrom('chain_range')
      .where((eb) =>
        eb.or(
          gone
            .slice(i, i + NAMED_ROWS)
            .map(({ deviceId, epoch, fromSeq }) => eb.and({ device_id: deviceId, epoch, from_seq: fromSeq })),
        ),
      )
      .execute();
  for (const chunk of insertChunks(changed))
    await trx
      .insertInto('chain_range')
      .values(chunk)
      .onConflict((conflict) =>
        conflict.columns(['device_id', 'epoch', 'from_seq']).doUpdateSet((eb) => ({
          to_seq: eb.ref('excluded.to_seq'),
          link_before: eb.ref('excluded.link_before'),
          link_after: eb.ref('excluded.link_after'),
        })),
      )
      .execute();
}
