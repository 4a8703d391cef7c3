import { addRange, type DeviceRecord, type ErrorCode, type SeqRanges } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import { type NotedBoot, noteBoots } from '../boot-time/boot-notes.ts';
import { boundRecords } from '../boot-time/bounding.ts';
import { moveRecords } from '../boot-time/moving.ts';
import { type Placement, placeRecord } from '../boot-time/placement.ts';
import { noteReception } from '../completeness/note-reception.ts';
import type { ReceptionFacts } from '../completeness/reception-facts.ts';
import { redateSteps } from '../completeness/redate-steps.ts';
import type { Database } from '../store/database.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { CommitReport } from './commit-report.ts';
import { writeDerived, writeDropped } from './derived-rows.ts';
import type { Quarantine } from './quarantine.ts';
import { buildReceipt } from './receipt-builder.ts';
import { readReceived, writeReceived } from './received-ranges.ts';
import { type HashedRecord, hashed, isCovered, sortRecords } from './run-dedupe.ts';
import type { Reject, Submission } from './submission.ts';

type Run = Extract<Submission, { kind: 'run' }>;
type Unreadable = Extract<Submission, { kind: 'unreadable' }>;

/** Everything that one batch holds of one epoch of one device, in the order of arrival. */
export interface EpochGroup {
  deviceId: string;
  epoch: string;
  topic: string;
  receivedAt: number;
  messages: (Run | Unreadable)[];
  /** They were in quarantine until now. */
  isReplay?: boolean;
}

/** Commits one group and adds its figures and its receipt to the report. */
export async function commitEpoch(
  trx: Transaction<Database>,
  quarantine: Quarantine,
  group: EpochGroup,
  report: CommitReport,
): Promise<void> {
  const { deviceId, epoch } = group;
  const runs = group.messages.filter((message) => message.kind === 'run');
  const records = hashed(runs.flatMap((run) => run.records));
  const before = await readReceived(trx, deviceId, epoch);
  const { fresh, duplicates, conflicts } = sortRecords(
    records,
    before,
    await storedHashes(trx, group, records, before),
    group.isReplay,
  );
  const boots = await noteBoots(trx, {
    ...group,
    records: fresh.map((item) => item.record),
    sent: runs.flatMap(({ sent }) => sent ?? []),
  });
  const placed = fresh.map((item) => ({ ...item, placement: placementOf(item.record, boots) }));
  await insertInbox(trx, group, placed);
  await writeDropped(
    trx,
    group,
    placed.map((item) => item.record),
  );
  await writeDerived(trx, group, placed.filter(isPlaced));
  for (const boot of boots.values()) if (boot.isMoved) await moveRecords(trx, boot);
  await boundRecords(
    trx,
    group,
    placed.filter((item) => !isPlaced(item)).map((item) => item.record),
  );

  const rejects = group.messages.flatMap((message) =>
    message.kind === 'run' ? message.rejects : [message.reject],
  );
  const asides = [...rejects.filter((reject) => isNews(before, reject)), ...conflicts.map(conflictReject)];
  const { added, overflow } = await quarantine.add(group, asides);

  const answered = [...seqsOf(records), ...rejects.flatMap((reject) => (reject.seqs ? [reject.seqs] : []))];
  const after = answered.reduce<SeqRanges>((ranges, [from, to]) => addRange(ranges, from, to), before);
  await writeReceived(trx, deviceId, epoch, before, after);
  await updateState(trx, group, runs, placed);
  const isReplay = group.isReplay === true;
  const facts: ReceptionFacts = {
    ...group,
    reports: isReplay ? [] : runs.map(({ outbox }) => outbox),
    ...{ before, after, fresh: placed },
    runs: isReplay ? [] : runs.filter((run) => run.rejects.length === 0),
    conflicts: isReplay ? [] : conflicts.map(({ seq }) => seq),
  };
  report.alerts.push(...(await noteReception(trx, [facts])));
  for (const { row, isMoved } of boots.values()) if (isMoved) await redateSteps(trx, row);

  report.stored += fresh.length;
  report.duplicates += duplicates;
  report.conflicts += conflicts.length;
  report.quarantined += added;
  report.overflow += overflow;
  if (answered.length === 0) return;
  const receipt = buildReceipt({
    epoch,
    committed: after,
    outboxMinSeq: Math.max(0, ...runs.map((run) => run.outbox.minSeq)),
    answered,
    dead: deadOf([...rejects, ...conflicts.map(conflictReject)]),
  });
  report.receipts.push({ deviceId, receipt });
}

/** A record with its time; null while only bounds of it are known. */
type PlacedRecord = HashedRecord & { placement: Placement | null };

function placementOf(record: DeviceRecord, boots: ReadonlyMap<string, NotedBoot>): Placement | null {
  return placeRecord(record, boots.get(record.bootId) ?? { anchors: [], heardOffsetMs: null });
}

function isPlaced(item: PlacedRecord): item is PlacedRecord & { placement: Placement } {
  return item.placement !== null;
}

/** Hashes of what is stored already; nothing is asked where nothing came twice, which is the rule. */
async function storedHashes(
  trx: Transaction<Database>,
  { deviceId, epoch }: EpochGroup,
  records: readonly HashedRecord[],
  committed: SeqRanges,
): Promise<Map<number, string>> {
  const seqs = records.map((item) => item.record.seq).filter((seq) => isCovered(committed, seq));
  const stored = new Map<number, string>();
  for (const chunk of insertChunks(seqs)) {
    const rows = await trx
      .selectFrom('inbox')
      .select(['seq', 'hash'])
      .where('device_id', '=', deviceId)
      .where('epoch', '=', epoch)
      .where('seq', 'in', chunk)
      .execute();
    for (const { seq, hash } of rows) stored.set(seq, hash);
  }
  return stored;
}

async function insertInbox(
  trx: Transaction<Database>,
  { deviceId, epoch, receivedAt }: EpochGroup,
  placed: readonly PlacedRecord[],
): Promise<void> {
  for (const chunk of insertChunks(placed)) {
    const rows = chunk.map(({ record, hash, placement }) => ({
      device_id: deviceId,
      epoch,
      seq: record.seq,
      kind: record.kind,
      measured_at: record.measuredAt,
      mono_ms: record.monotonicMs,
      boot_id: record.bootId,
      clock: record.clockQuality,
      received_at: receivedAt,
      hash,
      body: JSON.stringify(record.body),
      resolved_at: placement?.at ?? null,
      time_quality: placement?.quality ?? 'bounded',
    }));
    await trx
      .insertInto('inbox')
      .values(rows)
      .onConflict((conflict) => conflict.columns(['device_id', 'epoch', 'seq']).doNothing())
      .execute();
  }
}

async function updateState(
  trx: Transaction<Database>,
  { deviceId, epoch, receivedAt }: EpochGroup,
  runs: readonly Run[],
  placed: readonly PlacedRecord[],
): Promise<void> {
  const state = await trx
    .selectFrom('device_state')
    .selectAll()
    .where('device_id', '=', deviceId)
    .executeTakeFirst();
  const old = state?.epoch === epoch ? state : undefined;
  const newest = placed.reduce<PlacedRecord | undefined>(
    (best, item) => (best === undefined || item.record.seq > best.record.seq ? item : best),
    undefined,
  );
  const isNewer = newest !== undefined && newest.record.seq > (old?.last_seq ?? 0);
  const row = {
    epoch,
    min_seq: Math.max(old?.min_seq ?? 0, ...runs.map((run) => run.outbox.minSeq)),
    max_seq: Math.max(old?.max_seq ?? 0, ...runs.map((run) => run.outbox.maxSeq)),
    last_seq: isNewer ? newest.record.seq : (old?.last_seq ?? 0),
    last_measured_at: isNewer
      ? (newest.placement?.at ?? newest.record.measuredAt)
      : (state?.last_measured_at ?? null),
    last_received_at: receivedAt,
  };
  await trx
    .insertInto('device_state')
    .values({ device_id: deviceId, is_online: 1, ...row })
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(row))
    .execute();
}

function conflictReject(record: DeviceRecord): Reject {
  return {
    code: 'INGEST_RECORD_CONFLICT',
    reason: 'the same identity is stored with other content',
    raw: Buffer.from(JSON.stringify(record)),
    seqs: [record.seq, record.seq],
  };
}

/** A reject that was sent again after it was committed is no news. */
function isNews(committed: SeqRanges, { seqs }: Reject): boolean {
  return seqs === null || !isCovered(committed, seqs[0]) || !isCovered(committed, seqs[1]);
}

function seqsOf(records: readonly HashedRecord[]): SeqRanges {
  return records.reduce<SeqRanges>((ranges, { record }) => addRange(ranges, record.seq, record.seq), []);
}

function deadOf(rejects: readonly Reject[]): { seq: number; code: ErrorCode }[] {
  return rejects.flatMap(({ seqs, code }) =>
    seqs === null
      ? []
      : Array.from({ length: seqs[1] - seqs[0] + 1 }, (_, i) => ({ seq: seqs[0] + i, code })),
  );
}
