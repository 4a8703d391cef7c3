import { addRange, type OutboxSpan, type SeqRanges } from '@jostle/contracts';
import type { EpochGroup, RunSubmission } from './epoch-group.ts';
import { spanOf } from './group-sort.ts';
import { END_SEQ, type SeqWindow } from './seq-windows.ts';

/**
 * Where it matters for a batch what is committed of an epoch: in its messages, at the lowest seq that the outbox holds,
 * below which everything is settled, and at the highest that ever came.
 */
export function windowsOf(group: EpochGroup): SeqWindow[] {
  const { deviceId, epoch, messages } = group;
  const lowest = Math.max(1, outboxOf(messages.filter((message) => message.kind === 'run')).minSeq);
  return [...spansOf(group), [lowest, lowest] as const, [END_SEQ, END_SEQ] as const].map(
    ([fromSeq, toSeq]) => ({ deviceId, epoch, fromSeq, toSeq }),
  );
}

/** What an outbox held at the most when these messages were sent; zeros without any. */
export function outboxOf(messages: readonly RunSubmission[]): OutboxSpan {
  const span = { minSeq: 0, maxSeq: 0 };
  for (const { outbox } of messages) {
    span.minSeq = Math.max(span.minSeq, outbox.minSeq);
    span.maxSeq = Math.max(span.maxSeq, outbox.maxSeq);
  }
  return span;
}

/** From the first to the last seq of each message, readable or not. */
function spansOf({ messages }: EpochGroup): SeqRanges {
  let ranges: SeqRanges = [];
  const add = (span: readonly [number, number] | null | undefined) => {
    if (span != null) ranges = addRange(ranges, ...span);
  };
  for (const message of messages)
    if (message.kind === 'run') {
      add(spanOf(message.records));
      for (const { seqs } of message.rejects) add(seqs);
    } else add(message.reject.seqs);
  return ranges;
}
