import {
  addRange,
  countOf,
  type DeviceRecord,
  type ErrorCode,
  missingFrom,
  type SeqRanges,
  withoutRanges,
} from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { type NotedBoot, noteBoots, openBoots } from '../boot-time/boot-notes.ts';
import { boundRecords } from '../boot-time/bounding.ts';
import { moveRecords } from '../boot-time/moving.ts';
import { type AlertNews, raiseAlerts } from '../completeness/alerts.ts';
import { noteReception } from '../completeness/note-reception.ts';
import type { ReceptionFacts } from '../completeness/reception-facts.ts';
import { redateSteps } from '../completeness/redate-steps.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertRows } from '../store/row-sets.ts';
import type { CommitReport } from './commit-report.ts';
import { writeDerivedOf } from './derived-rows.ts';
import { writeStates } from './device-states.ts';
import { type EpochGroup, epochKey } from './epoch-group.ts';
import { repeatedRanges, type StoredAt, sortGroup } from './group-sort.ts';
import { windowsOf } from './group-windows.ts';
import type { Quarantine, QuarantineOrigin } from './quarantine.ts';
import { buildReceipt } from './receipt-builder.ts';
import { readRanges, writeRanges } from './received-ranges.ts';
import { bootNewsOf, type Reception, receptionOf, rejectsIn, rejectsOf } from './reception.ts';
import { runRows } from './run-rows.ts';
import { storedIn } from './stored-lookup.ts';
import type { Reject, Submission } from './submission.ts';

/** The transaction of a batch, and what its figures and receipts are added to. */
export interface Commit {
  trx: Transaction<Database>;
  engine: Engine;
  quarantine: Quarantine;
  report: CommitReport;
}

const NO_RANGES: SeqRanges = [];
const NOTHING_STORED: StoredAt = new Map();

/**
 * Commits what a batch brought of some epochs, each given once. However many there are, the number of statements is the
 * same; only what is rare costs some for each: a boot whose line moved, a boot that can only be bounded, a reject.
 *
 * @param heard what came from devices with this batch, in the order of arrival
 */
export async function commitGroups(
  commit: Commit,
  groups: readonly EpochGroup[],
  heard: readonly Submission[],
): Promise<void> {
  const { trx, engine, report } = commit;
  const { receptions, boots } = await receive(commit, groups);
  const rows = receptions.flatMap((reception) => runRows(reception, reception.fresh));
  await insertRows(trx, engine, 'inbox', rows);
  await writeDerivedOf(trx, receptions);
  for (const boot of boots) if (boot.isMoved) await moveRecords(trx, boot);
  await bound(commit, receptions);
  await writeRanges(trx, engine, 'received', receptions);
  const died = receptions.map(({ deviceId, epoch, dead }) => ({ deviceId, epoch, ...dead }));
  await writeRanges(trx, engine, 'dead', died);
  await writeStates(trx, engine, receptions, heard);
  report.alerts.push(...(await noteReception(trx, engine, receptions.map(factsOf))));
  for (const boot of boots) if (boot.isMoved) await redateSteps(trx, engine, boot);
  const unkept: AlertNews[] = [];
  for (const reception of receptions) {
    unkept.push(...(await putAside(commit, reception)));
    addReceipt(report, reception);
  }
  report.alerts.push(...(await raiseAlerts(trx, unkept)));
}

/** Sorts what came against what is stored, notes its boots and places it in time. */
async function receive(
  { trx, engine }: Commit,
  groups: readonly EpochGroup[],
): Promise<{ receptions: Reception[]; boots: readonly NotedBoot[] }> {
  const received = await readRanges(trx, engine, 'received', groups.flatMap(windowsOf));
  const dying = groups.filter((group) => group.isReplay === true || rejectsOf(group).length > 0);
  const dead = await readRanges(trx, engine, 'dead', dying.flatMap(windowsOf));
  const committedOf = (group: EpochGroup) => received.get(epochKey(group)) ?? NO_RANGES;
  const deadOf = (group: EpochGroup) => dead.get(epochKey(group)) ?? NO_RANGES;
  const settledOf = (group: EpochGroup) =>
    group.isReplay === true ? withoutRanges(committedOf(group), deadOf(group)) : committedOf(group);
  const stretches = groups.map((group) => ({
    deviceId: group.deviceId,
    epoch: group.epoch,
    ranges: repeatedRanges(group, settledOf(group)),
  }));
  const stored = await storedIn(trx, engine, stretches);
  const sorted = groups.map((group) => {
    const storedAt = stored.get(epochKey(group)) ?? NOTHING_STORED;
    return { group, sorting: sortGroup(group, settledOf(group), storedAt) };
  });
  const boots = await noteBoots(
    trx,
    engine,
    sorted.map(({ group, sorting }) => bootNewsOf(group, sorting.fresh)),
  );
  const receptions = sorted.map(({ group, sorting }) =>
    receptionOf(group, sorting, committedOf(group), deadOf(group), boots),
  );
  return { receptions, boots: [...boots.values()] };
}

/** What came out of the quarantine says nothing of what the device holds now. */
function factsOf(reception: Reception): ReceptionFacts {
  const { messages, sorted } = reception;
  const isReplay = reception.group.isReplay === true;
  return {
    deviceId: reception.deviceId,
    epoch: reception.epoch,
    receivedAt: reception.receivedAt,
    before: reception.before,
    after: reception.after,
    fresh: reception.fresh,
    tombstones: reception.tombstones,
    reports: isReplay ? [] : messages.map(({ outbox }) => outbox),
    runs: isReplay ? [] : messages.filter(({ rejects }) => rejects.length === 0),
    conflicts: isReplay ? [] : sorted.conflicts.map(({ seq }) => seq),
  };
}

/** Places what can only be bounded, in epochs that have a boot of which nothing better is known. */
async function bound({ trx, engine }: Commit, receptions: readonly Reception[]): Promise<void> {
  const open = await openBoots(trx, engine, receptions);
  const epochs = new Set(open.map(({ device_id: deviceId, epoch }) => epochKey({ deviceId, epoch })));
  for (const reception of receptions)
    if (epochs.has(epochKey(reception))) await boundRecords(trx, reception, reception.undated);
}

/** @returns what people have to be told of: what is settled without its bytes being kept anywhere */
async function putAside({ quarantine, report }: Commit, reception: Reception): Promise<AlertNews[]> {
  const { group, dead, sorted } = reception;
  const unkept: Reject[] = [];
  const add = async (origin: QuarantineOrigin, rejects: readonly Reject[]) => {
    const { added, overflow } = await quarantine.add(origin, rejects);
    report.quarantined += added;
    unkept.push(...overflow);
  };
  // Under the receipt of their own message: a replay dates their boot with it.
  for (const message of group.messages) {
    const news = rejectsIn(message).filter((reject) => isNews(dead.before, reject));
    if (news.length > 0) await add({ ...group, receivedAt: message.receivedAt }, news);
  }
  await add(group, sorted.conflicts.map(conflictReject));
  report.stored += sorted.stored;
  report.duplicates += sorted.duplicates;
  report.conflicts += sorted.conflicts.length;
  report.overflow += unkept.length;
  // What a replay has conflicts with stays in its row.
  return group.isReplay === true ? [] : unkeptNews(reception, unkept);
}

function addReceipt(report: CommitReport, reception: Reception): void {
  const { deviceId, epoch, after, outbox, rejects, sorted } = reception;
  if (sorted.answered.length === 0) return;
  const receipt = buildReceipt({
    epoch,
    committed: after,
    outboxMinSeq: outbox.minSeq,
    answered: sorted.answered,
    dead: deadSeqs([...rejects, ...sorted.conflicts.map(conflictReject)]),
  });
  report.receipts.push({ deviceId, receipt });
}

function conflictReject(record: DeviceRecord): Reject {
  return {
    code: 'INGEST_RECORD_CONFLICT',
    reason: 'the same identity is stored with other content',
    raw: Buffer.from(JSON.stringify(record)),
    seqs: [record.seq, record.seq],
  };
}

/** One for all of an epoch. What has no seqs gets no receipt: its device still holds it. */
function unkeptNews({ deviceId, epoch, receivedAt }: Reception, overflow: readonly Reject[]): AlertNews[] {
  let unkept: SeqRanges = [];
  for (const { seqs } of overflow) if (seqs !== null) unkept = addRange(unkept, ...seqs);
  const [first, last] = [unkept[0], unkept.at(-1)];
  if (first === undefined || last === undefined) return [];
  return [
    {
      ...{ kind: 'quarantine-full', deviceId, epoch, fromSeq: first[0], toSeq: last[1] },
      ...{ records: countOf(unkept), at: receivedAt },
      detail: 'they were refused while the quarantine had no room: their bytes are kept nowhere',
    },
  ];
}

/** A reject of what lies in quarantine already is no news; one of what was stored says that something is wrong. */
function isNews(dead: SeqRanges, { seqs }: Reject): boolean {
  return seqs === null || missingFrom(dead, ...seqs).length > 0;
}

function deadSeqs(rejects: readonly Reject[]): { seq: number; code: ErrorCode }[] {
  return rejects.flatMap(({ seqs, code }) =>
    seqs === null
      ? []
      : Array.from({ length: seqs[1] - seqs[0] + 1 }, (_, i) => ({ seq: seqs[0] + i, code })),
  );
}
