import { missingFrom, type OutboxSpan, type SeqRanges } from '@jostle/contracts';

/** The longest pause after which a device sends again what has no receipt, ms. */
const RESEND_MS = 60_000;

/**
 * What has been on its way for longer is no message in flight any more, ms: it had its first chance and another one.
 */
export const IN_FLIGHT_MS = 2 * RESEND_MS;

/** What of an outbox is decided. */
export interface Decision {
  /** Of every seq below, all is decided: it came, it was dropped, or it is lost. */
  decidedBelow: number;
  /** The report that is to be decided next. */
  pending: OutboxSpan | null;
}

/**
 * Decides what the reports of an outbox say about the seqs that it no longer holds.
 *
 * INVARIANT that the outbox keeps: a row leaves it for a receipt, or together with the storing of a tombstone. So when
 * it reports {minSeq, maxSeq}, a tombstone for anything that is missing below minSeq has itself a seq up to maxSeq.
 * Once everything up to there has come that the outbox can still send, no tombstone can come any more, and what is
 * missing without one is lost. The order, repetition and delay of messages do not matter, nor does a clock.
 *
 * @param held the highest minSeq that was ever reported
 * @param received what came
 * @param settled what came and what was dropped
 */
export function decide(
  { decidedBelow, pending }: Decision,
  reports: readonly OutboxSpan[],
  held: number,
  received: SeqRanges,
  settled: SeqRanges,
): Decision {
  const candidates = pending === null ? reports : [pending, ...reports];
  const decided = candidates
    .filter((span) => isClear(span, decidedBelow, held, received, settled))
    .reduce((below, { minSeq }) => Math.max(below, minSeq), decidedBelow);
  const open = candidates.filter(({ minSeq }) => minSeq > decided);
  // One that waits stays: it ends when the device has sent what it then had, however much is made meanwhile.
  const next = pending !== null && open.includes(pending) ? pending : soonest(open);
  return { decidedBelow: decided, pending: next };
}

/**
 * Nothing below is missing, or no tombstone for it can come any more. A tombstone that spans what is still held, older
 * tombstones too, is no sign that those came.
 */
function isClear(
  { minSeq, maxSeq }: OutboxSpan,
  decidedBelow: number,
  held: number,
  received: SeqRanges,
  settled: SeqRanges,
): boolean {
  return (
    missingFrom(settled, decidedBelow, minSeq - 1).length === 0 ||
    missingFrom(received, Math.max(minSeq, held), maxSeq).length === 0
  );
}

function soonest(reports: readonly OutboxSpan[]): OutboxSpan | null {
  return reports.reduce<OutboxSpan | null>(
    (best, span) => (best === null || span.maxSeq < best.maxSeq ? span : best),
    null,
  );
}

/** The highest seq that has been known for longer than a message may take. */
export interface Ageing {
  lastHeardAt: number;
  maxSeq: number;
  markSeq: number;
  markAt: number;
  agedSeq: number;
}

/** Sets the mark anew where the present one is old enough. `maxSeq` is the one before what is heard now. */
export function aged(ageing: Omit<Ageing, 'lastHeardAt'>, now: number): Omit<Ageing, 'lastHeardAt'> {
  const { maxSeq, markSeq, markAt } = ageing;
  return now - markAt < IN_FLIGHT_MS ? ageing : { maxSeq, markSeq: maxSeq, markAt: now, agedSeq: markSeq };
}

/** What is missing up to this seq is late, what lies above may be on its way. */
export function agedSeqAt({ lastHeardAt, maxSeq, markSeq, markAt, agedSeq }: Ageing, now: number): number {
  if (now - lastHeardAt >= IN_FLIGHT_MS) return maxSeq;
  return now - markAt >= IN_FLIGHT_MS ? markSeq : agedSeq;
}
