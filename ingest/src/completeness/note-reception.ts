import { countOf, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { epochKey } from '../inbox/epoch-group.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { type AlertNews, raiseAlerts, settleAlerts } from './alerts.ts';
import { checkChain } from './chain-check.ts';
import { countDropped } from './dropped-counts.ts';
import {
  type EpochAccount,
  heard,
  newAccount,
  readAccounts,
  readRanges,
  writeAccounts,
} from './epoch-accounts.ts';
import { decide, IN_FLIGHT_MS } from './gap-rules.ts';
import type { ReceptionFacts } from './reception-facts.ts';
import { addToSteps } from './reception-steps.ts';
import { unionOfRanges } from './seq-sets.ts';

const NO_TOMBSTONE = 'the device no longer has them, and no tombstone says why';
const OTHER_OUTBOX = 'another outbox took the place of the one that held them before they were delivered';

/**
 * Keeps account of what came and what is missing, follows the chain of each outbox and raises alerts. One call for a
 * batch, with as many statements however many devices it holds, as long as nothing is missing.
 *
 * @returns alerts that are new or grew
 */
export async function noteReception(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
): Promise<AlertNews[]> {
  if (facts.length === 0) return [];
  const known = await readAccounts(trx, engine, facts);
  const dropped = await countDropped(trx, engine, facts, known);
  const now = facts.map((fact) => counted(known.get(epochKey(fact)), fact, dropped.get(epochKey(fact))));
  const closing = supersededBy(now, known);
  const news = await decideAll(trx, facts, now);
  news.push(...(await closeAll(trx, closing)));
  await writeAccounts(trx, engine, closing.length === 0 ? now : [...now, ...closing]);
  await addToSteps(trx, engine, facts);
  news.push(...(await checkChain(trx, engine, facts, now)));
  news.push(...facts.flatMap(conflictNews));
  return raiseAlerts(trx, news);
}

/**
 * The account after the batch, still without what follows from it.
 *
 * @param dropped absent where the batch does not change it
 */
function counted(
  old: EpochAccount | undefined,
  fact: ReceptionFacts,
  dropped: number | undefined,
): EpochAccount {
  const { reports, before, after, fresh, receivedAt } = fact;
  const account = old ?? newAccount(fact, receivedAt);
  let minSeq = 0;
  let maxSeq = after.at(-1)?.[1] ?? 0;
  for (const report of reports) {
    minSeq = Math.max(minSeq, report.minSeq);
    maxSeq = Math.max(maxSeq, report.maxSeq);
  }
  // What comes out of the quarantine is no sign of life.
  const isHeard = reports.length > 0 || old === undefined;
  return {
    ...(isHeard ? heard(account, receivedAt, minSeq, maxSeq) : account),
    received: account.received + countOf(after) - countOf(before),
    stored: fresh.reduce((sum, { records }) => sum + records.length, account.stored),
    dropped: dropped ?? account.dropped,
  };
}

function tombstonesOf({ tombstones }: ReceptionFacts): SeqRanges {
  return tombstones.flatMap(({ body: { fromSeq, toSeq } }) =>
    fromSeq <= toSeq ? [[fromSeq, toSeq] as const] : [],
  );
}

/** Changes the accounts of those of which something may be missing for good. */
async function decideAll(
  trx: Transaction<Database>,
  facts: readonly ReceptionFacts[],
  accounts: EpochAccount[],
): Promise<AlertNews[]> {
  const open = facts.filter((fact, i) => isOpen(fact, accounts[i]));
  const late = facts.filter((fact, i) => isBehind(fact, accounts[i]));
  const undecided = await readRanges(trx, 'dropped', open, 'undecided');
  const news: AlertNews[] = [];
  facts.forEach((fact, i) => {
    const account = accounts[i];
    if (account === undefined) return;
    const dropped = undecided.get(epochKey(fact));
    const settled = dropped === undefined ? fact.after : unionOfRanges(fact.after, dropped);
    const { decidedBelow, pending } = decide(account, fact.reports, account.minSeq, fact.after, settled);
    news.push(...lostNews(account, decidedBelow, settled, NO_TOMBSTONE, fact.receivedAt));
    accounts[i] = { ...account, decidedBelow, pending };
  });
  if (late.length > 0) await settleLate(trx, late);
  return news;
}

/** Something is missing below what the outbox holds, and it is not decided. */
function isOpen({ after, reports }: ReceptionFacts, account: EpochAccount | undefined): boolean {
  if (account === undefined) return false;
  const below = Math.max(account.pending?.minSeq ?? 0, ...reports.map(({ minSeq }) => minSeq));
  return missingFrom(after, account.decidedBelow, below - 1).length > 0;
}

/** Something came, or was said to be dropped, of which all was decided. */
function isBehind(fact: ReceptionFacts, account: EpochAccount | undefined): boolean {
  const below = account?.decidedBelow ?? 0;
  const isNew = fact.after.some(
    ([from, to]) => from < below && missingFrom(fact.before, from, Math.min(to, below - 1)).length > 0,
  );
  return isNew || tombstonesOf(fact).some(([from]) => from < below);
}

async function settleLate(trx: Transaction<Database>, facts: readonly ReceptionFacts[]): Promise<void> {
  const dropped = await readRanges(trx, 'dropped', facts, 'all');
  for (const fact of facts) {
    const settled = unionOfRanges(fact.after, dropped.get(epochKey(fact)) ?? []);
    await settleAlerts(trx, { ...fact, at: fact.receivedAt }, settled);
  }
}

/** The other outboxes of devices that have been silent while this one spoke, for longer than a message takes. */
function supersededBy(
  speaking: readonly EpochAccount[],
  known: ReadonlyMap<string, EpochAccount>,
): EpochAccount[] {
  // Keyed by device: when it was last heard.
  const heardAt = new Map<string, number>();
  for (const { deviceId, lastHeardAt } of speaking)
    heardAt.set(deviceId, Math.max(heardAt.get(deviceId) ?? 0, lastHeardAt));
  const present = new Set(speaking.map(epochKey));
  return [...known.values()].flatMap((account) => {
    const now = heardAt.get(account.deviceId) ?? 0;
    const isSilent = now - account.lastHeardAt >= IN_FLIGHT_MS;
    return isSilent && account.closedAt === null && !present.has(epochKey(account))
      ? [{ ...account, closedAt: now }]
      : [];
  });
}

/** What the outboxes still had is lost: they are not there any more. */
async function closeAll(trx: Transaction<Database>, closing: EpochAccount[]): Promise<AlertNews[]> {
  if (closing.length === 0) return [];
  const received = await readRanges(trx, 'received', closing, 'all');
  const dropped = await readRanges(trx, 'dropped', closing, 'all');
  return closing.flatMap((account, i) => {
    const key = epochKey(account);
    const settled = unionOfRanges(received.get(key) ?? [], dropped.get(key) ?? []);
    const decidedBelow = Math.max(account.decidedBelow, account.maxSeq + 1);
    closing[i] = { ...account, decidedBelow, pending: null };
    return lostNews(account, decidedBelow, settled, OTHER_OUTBOX, account.closedAt ?? 0);
  });
}

function lostNews(
  { deviceId, epoch, decidedBelow: from }: EpochAccount,
  below: number,
  settled: SeqRanges,
  detail: string,
  at: number,
): AlertNews[] {
  return missingFrom(settled, from, below - 1).map(([fromSeq, toSeq]) => ({
    ...{ kind: 'lost' as const, deviceId, epoch, fromSeq, toSeq, records: toSeq - fromSeq + 1, at, detail },
  }));
}

function conflictNews({ deviceId, epoch, receivedAt, conflicts }: ReceptionFacts): AlertNews[] {
  return conflicts.map((seq) => ({
    ...{ kind: 'conflict', deviceId, epoch, fromSeq: seq, toSeq: seq, records: 1, at: receivedAt },
    detail: 'the same identity came again with other content; the first is kept, the second in quarantine',
  }));
}
