import { addRange, type DeviceRecord, type OutboxSpan, type SeqRanges } from '@jostle/contracts';
import { type BootNews, bootKey, type NotedBoot } from '../boot-time/boot-notes.ts';
import { type Placement, placerOf } from '../boot-time/placement.ts';
import { deadAfter } from './dead-ranges.ts';
import { DATED_KINDS, type PlacedRecord, type TombstoneRecord } from './derived-rows.ts';
import type { EpochGroup, RunSubmission } from './epoch-group.ts';
import type { FreshRun, SortedGroup } from './group-sort.ts';
import { outboxOf } from './group-windows.ts';
import type { TimedRun } from './run-rows.ts';
import type { Reject } from './submission.ts';

/** New records of one message with their times. */
export interface ReceivedRun extends TimedRun {
  /** One for each record, in their order; null while only bounds are known. */
  placements: readonly (Placement | null)[];
}

/** What a batch brought of one epoch of one device. */
export interface Reception {
  deviceId: string;
  epoch: string;
  /** Of the last message, ms. */
  receivedAt: number;
  group: EpochGroup;
  /** The messages that could be read, in the order of arrival. */
  messages: readonly RunSubmission[];
  /** What the outbox held at the most when the last of them were sent; zeros where none could be read. */
  outbox: OutboxSpan;
  /** The committed ranges that the batch touches, and perhaps others, before and after it. */
  before: SeqRanges;
  after: SeqRanges;
  /** Of these, the ones that never reached the inbox; neither is known where the batch cannot change them. */
  dead: { before: SeqRanges; after: SeqRanges };
  sorted: SortedGroup;
  /** What could not be read. */
  rejects: readonly Reject[];
  fresh: readonly ReceivedRun[];
  /** Of the new records, those of which a dated row is kept and whose time is known. */
  placed: readonly PlacedRecord[];
  /** Of the new records, those whose time is not known. */
  undated: readonly DeviceRecord[];
  tombstones: readonly TombstoneRecord[];
  /** The new record with the highest seq. */
  newest: { seq: number; at: number } | undefined;
}

export function receptionOf(
  group: EpochGroup,
  sorted: SortedGroup,
  before: SeqRanges,
  dead: SeqRanges,
  boots: ReadonlyMap<string, NotedBoot>,
): Reception {
  const { deviceId, epoch, receivedAt } = group;
  const messages = group.messages.filter((message) => message.kind === 'run');
  const fresh = sorted.fresh.map((run) =>
    timed(run, boots.get(bootKey(group, run.records[0]?.bootId ?? ''))),
  );
  const { placed, undated, tombstones } = sightsOf(fresh);
  const rejects = rejectsOf(group);
  return {
    deviceId,
    epoch,
    receivedAt,
    group,
    messages,
    outbox: outboxOf(messages),
    before,
    after: sorted.answered.reduce<SeqRanges>((ranges, [from, to]) => addRange(ranges, from, to), before),
    dead: { before: dead, after: deadAfter(dead, before, rejects, sorted.fresh) },
    sorted,
    rejects,
    fresh,
    placed,
    undated,
    tombstones,
    newest: newestOf(fresh),
  };
}

export function rejectsOf({ messages }: EpochGroup): Reject[] {
  return messages.flatMap(rejectsIn);
}

export function rejectsIn(message: EpochGroup['messages'][number]): readonly Reject[] {
  return message.kind === 'run' ? message.rejects : [message.reject];
}

/** What a batch tells of the boots of an epoch. */
export function bootNewsOf(group: EpochGroup, fresh: readonly FreshRun[]): BootNews {
  return {
    deviceId: group.deviceId,
    epoch: group.epoch,
    runs: fresh,
    sent: group.messages.flatMap((message) =>
      message.kind === 'run' && message.sent !== null
        ? { ...message.sent, receivedAt: message.receivedAt }
        : [],
    ),
  };
}

function timed({ records, raw }: FreshRun, boot: NotedBoot | undefined): ReceivedRun {
  const place = placerOf(boot ?? { anchors: [], heardOffsetMs: null });
  const placements = records.map(place);
  let firstAt: number | null = null;
  let lastAt: number | null = null;
  for (const placement of placements) {
    if (placement === null) continue;
    if (firstAt === null || placement.at < firstAt) firstAt = placement.at;
    if (lastAt === null || placement.at > lastAt) lastAt = placement.at;
  }
  return { records, raw, placements, firstAt, lastAt };
}

const DATED: ReadonlySet<string> = new Set(DATED_KINDS);

function sightsOf(fresh: readonly ReceivedRun[]): Pick<Reception, 'placed' | 'undated' | 'tombstones'> {
  const placed: PlacedRecord[] = [];
  const undated: DeviceRecord[] = [];
  const tombstones: TombstoneRecord[] = [];
  for (const { records, placements } of fresh)
    for (const [i, record] of records.entries()) {
      const placement = placements[i] ?? null;
      if (record.kind === 'tombstone') tombstones.push(record);
      if (placement === null) undated.push(record);
      else if (DATED.has(record.kind)) placed.push({ record, placement });
    }
  return { placed, undated, tombstones };
}

function newestOf(fresh: readonly ReceivedRun[]): Reception['newest'] {
  let newest: { record: DeviceRecord; placement: Placement | null } | undefined;
  for (const { records, placements } of fresh) {
    const record = records.at(-1);
    if (record !== undefined && record.seq > (newest?.record.seq ?? 0))
      newest = { record, placement: placements.at(-1) ?? null };
  }
  return newest && { seq: newest.record.seq, at: newest.placement?.at ?? newest.record.measuredAt };
}
