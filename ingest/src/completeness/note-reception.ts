import { countOf, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { epochKey } from '../inbox/epoch-group.ts';
import type { SeqWindow } from '../inbox/seq-windows.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { type AlertNews, raiseAlerts, settleAlerts } from './alerts.ts';
import { checkChain } from './chain-check.ts';
import { droppedChanges } from './dropped-counts.ts';
import { spansOf, writeSpans } from './dropped-spans.ts';
import { type EpochAccount, heard, newAccount, readAccounts, writeAccounts } from './epoch-accounts.ts';
import { decide, IN_FLIGHT_MS } from './gap-rules.ts';
import type { ReceptionFacts } from './reception-facts.ts';
import { addToSteps } from './reception-steps.ts';
import { readSettled } from './settled-ranges.ts';

const NO_TOMBSTONE = 'the device no longer has them, and no tombstone says why';
const OTHER_OUTBOX = 'another outbox took the place of the one that held them before they were delivered';

/**
 * Keeps account of what came and what is missing, follows the chain of each outbox and raises alerts. One call for a
 * batch, with as many statements however many devices it holds, as long as nothing is missing.
 *
 * INVARIANT: the received ranges of the batch are written.
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
  const dropped = await droppedChanges(trx, engine, facts, known);
  await writeSpans(trx, facts);
  const now = facts.map((fact) => counted(known.get(epochKey(fact)), fact, dropped.get(epochKey(fact))));
  const closing = supersededBy(now, known);
  const news = await decideAll(trx, engine, facts, now);
  news.push(...(await closeAll(trx, engine, closing)));
  await writeAccounts(trx, engine, closing.length === 0 ? now : [...now, ...closing]);
  await addToSteps(trx, engine, facts);
  news.push(...(await checkChain(trx, engine, facts, now)));
  news.push(...facts.flatMap(conflictNews));
  return raiseAlerts(trx, news);
}

/**
 * The account after the batch, still without what follows from it.
 *
 * @param dropped by how much the number of what was dropped changes
 */
function counted(old: EpochAccount | undefined, fact: ReceptionFacts, dropped = 0): EpochAccount {
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
    dropped: account.dropped + dropped,
  };
}

/** Changes the accounts of those of which something may be missing for good. */
async function decideAll(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
  accounts: EpochAccount[],
): Promise<AlertNews[]> {
  const open = facts.flatMap((fact, i) => windowsToDecide(fact, accounts[i]));
  const found = await readSettled(trx, engine, open);
  const late = facts.filter((fact, i) => isBehind(fact, accounts[i]));
  const news: AlertNews[] = [];
  facts.forEach((fact, i) => {
    const account = accounts[i];
    if (account === undefined) return;
    const whole = { received: fact.after, settled: fact.after };
    const { received, settled } = found.get(epochKey(fact)) ?? whole;
    const { decidedBelow, pending } = decide(account, fact.reports, account.minSeq, received, settled);
    news.push(...lostNews(account, decidedBelow, settled, NO_TOMBSTONE, fact.receivedAt));
    accounts[i] = { ...account, decidedBelow, pending };
  });
  await settleAlerts(trx, engine, late);
  return news;
}

/**
 * Where it must be known what came of an epoch; nowhere as long as nothing is missing that is not decided: below what the
 * outbox holds, and where that begins, because the range there tells whether all of it has come.
 */
function windowsToDecide({ after, reports }: ReceptionFacts, account: EpochAccount | undefined): SeqWindow[] {
  if (account === undefined) return [];
  const { deviceId, epoch, decidedBelow, pending, minSeq } = account;
  const below = Math.max(pending?.minSeq ?? 0, ...reports.map((report) => report.minSeq));
  if (missingFrom(after, decidedBelow, below - 1).length === 0) return [];
  return [
    { deviceId, epoch, fromSeq: decidedBelow, toSeq: below - 1 },
    { deviceId, epoch, fromSeq: minSeq, toSeq: minSeq },
  ];
}

/** Something came, or was said to be dropped, of which all was decided. */
function isBehind(fact: ReceptionFacts, account: EpochAccount | undefined): boolean {
  const below = account?.decidedBelow ?? 0;
  const isNew = fact.after.some(
    ([from, to]) => from < below && missingFrom(fact.before, from, Math.min(to, below - 1)).length > 0,
  );
  return isNew || spansOf(fact.tombstones).some(([from]) => from < below);
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
async function closeAll(
  trx: Transaction<Database>,
  engine: Engine,
  closing: EpochAccount[],
): Promise<AlertNews[]> {
  const undecided = closing.map(({ deviceId, epoch, decidedBelow, maxSeq }) => ({
    ...{ deviceId, epoch, fromSeq: decidedBelow, toSeq: maxSeq },
  }));
  const found = await readSettled(trx, engine, undecided);
  return closing.flatMap((account, i) => {
    const decidedBelow = Math.max(account.decidedBelow, account.maxSeq + 1);
    closing[i] = { ...account, decidedBelow, pending: null };
    const { settled } = found.get(epochKey(account)) ?? { settled: [] };
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
