import type { Transaction } from 'kysely';
import { epochKey } from '../inbox/epoch-group.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { deleteByKeys, insertRows, selectByKeys } from '../store/row-sets.ts';
import type { AlertNews } from './alerts.ts';
import { type ChainRange, joinRun, type LinkedRun } from './chain-rules.ts';
import type { EpochAccount } from './epoch-accounts.ts';
import type { ReceptionFacts } from './reception-facts.ts';

const COLUMNS = ['device_id', 'epoch', 'from_seq', 'to_seq', 'link_before', 'link_after'] as const;
const RANGE_UPDATE = `on conflict (device_id, epoch, from_seq) do update set
  to_seq = excluded.to_seq, link_before = excluded.link_before, link_after = excluded.link_after`;

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
 * @param accounts in the order of the facts; ranges below what is decided are let go, nothing will touch them
 */
export async function checkChain(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
  accounts: readonly EpochAccount[],
): Promise<AlertNews[]> {
  const linked = facts.flatMap((fact, i) =>
    fact.runs.some(isLinked) ? { fact, decidedBelow: accounts[i]?.decidedBelow ?? 0 } : [],
  );
  const known = await readChain(
    trx,
    engine,
    linked.map(({ fact }) => fact),
  );
  const news: AlertNews[] = [];
  const followed = linked.map(({ fact, decidedBelow }): Followed => {
    const { deviceId, epoch, receivedAt, runs } = fact;
    const old = known.get(epochKey(fact)) ?? [];
    let now: readonly ChainRange[] = old;
    for (const run of runs) {
      if (!isLinked(run)) continue;
      const { ranges, breaks } = joinRun(now, epoch, run);
      now = ranges;
      for (const seq of breaks) news.push(chainAlert(deviceId, epoch, seq, receivedAt));
    }
    return { deviceId, epoch, old, now: now.filter(({ toSeq }) => toSeq >= decidedBelow - 1) };
  });
  await writeChain(trx, engine, followed);
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

/** By rising seq, keyed by `epochKey`. */
async function readChain(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
): Promise<Map<string, ChainRange[]>> {
  const keys = facts.map(({ deviceId, epoch }) => ({ device_id: deviceId, epoch }));
  const known = new Map<string, ChainRange[]>();
  for (const row of await selectByKeys(trx, engine, 'chain_range', COLUMNS, keys)) {
    const { from_seq: fromSeq, to_seq: toSeq, link_before: before, link_after: after } = row;
    const key = epochKey({ deviceId: row.device_id, epoch: row.epoch });
    const own = known.get(key);
    if (own === undefined) known.set(key, [{ fromSeq, toSeq, before, after }]);
    else own.push({ fromSeq, toSeq, before, after });
  }
  for (const ranges of known.values()) ranges.sort((a, b) => a.fromSeq - b.fromSeq);
  return known;
}

async function writeChain(
  trx: Transaction<Database>,
  engine: Engine,
  followed: readonly Followed[],
): Promise<void> {
  const gone: { device_id: string; epoch: string; from_seq: number }[] = [];
  const changed: Database['chain_range'][] = [];
  for (const { deviceId, epoch, old, now } of followed) {
    for (const { fromSeq } of old)
      if (!now.some((range) => range.fromSeq === fromSeq))
        gone.push({ device_id: deviceId, epoch, from_seq: fromSeq });
    for (const range of now) if (!old.includes(range)) changed.push(rangeRow(deviceId, epoch, range));
  }
  await deleteByKeys(trx, engine, 'chain_range', gone);
  await insertRows(trx, engine, 'chain_range', changed, RANGE_UPDATE);
}

function rangeRow(
  deviceId: string,
  epoch: string,
  { fromSeq, toSeq, before, after }: ChainRange,
): Database['chain_range'] {
  return {
    device_id: deviceId,
    epoch,
    from_seq: fromSeq,
    to_seq: toSeq,
    link_before: before,
    link_after: after,
  };
}
