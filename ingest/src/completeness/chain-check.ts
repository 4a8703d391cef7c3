import { addRange, type SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { epochKey } from '../inbox/epoch-group.ts';
import { spanOf } from '../inbox/group-sort.ts';
import { rangesAround, type SeqWindow } from '../inbox/seq-windows.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { deleteByKeys, insertRows } from '../store/row-sets.ts';
import type { AlertNews } from './alerts.ts';
import { type ChainRange, joinRun, type LinkedRun } from './chain-rules.ts';
import type { EpochAccount } from './epoch-accounts.ts';
import type { ReceptionFacts } from './reception-facts.ts';

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
    linked.flatMap(({ fact, decidedBelow }) => windowsOf(fact, decidedBelow)),
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

/** Where the chain matters: at the messages, and where ranges are let go. */
function windowsOf({ deviceId, epoch, runs }: ReceptionFacts, decidedBelow: number): SeqWindow[] {
  const spans = runs.reduce<SeqRanges>((ranges, { records }) => {
    const span = spanOf(records);
    return span === undefined ? ranges : addRange(ranges, ...span);
  }, []);
  return [[1, decidedBelow - 2] as const, ...spans].map(([fromSeq, toSeq]) => ({
    ...{ deviceId, epoch, fromSeq, toSeq },
  }));
}

/** By rising seq, keyed by `epochKey`. */
async function readChain(
  trx: Transaction<Database>,
  engine: Engine,
  windows: readonly SeqWindow[],
): Promise<Map<string, ChainRange[]>> {
  const found = await rangesAround(trx, engine, 'chain_range', windows);
  return new Map(
    [...found].map(([key, rows]) => [
      key,
      rows.map((row) => ({
        ...{ fromSeq: row.from_seq, toSeq: row.to_seq },
        ...{ before: row.link_before, after: row.link_after },
      })),
    ]),
  );
}

async function writeChain(
  trx: Transaction<Database>,
  engine: Engine,
  followed: readonly Followed[],
): Promise<void> {
  const gone: { device_id: string; epoch: string; from_seq: number }[] = [];
  const changed: Database['chain_range'][] = [];
  for (const { deviceId, epoch, old, now } of followed) {
    const starts = new Set(now.map(({ fromSeq }) => fromSeq));
    const known = new Set(old);
    for (const { fromSeq } of old)
      if (!starts.has(fromSeq)) gone.push({ device_id: deviceId, epoch, from_seq: fromSeq });
    for (const range of now) if (!known.has(range)) changed.push(rangeRow(deviceId, epoch, range));
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
