import { addRange, type ReceiptMessage, type SeqRanges } from '@jostle/contracts';

/** Together they keep a receipt below MAX_PAYLOAD_BYTES: 800 ranges of two 9-digit numbers, 150 codes of 30 letters. */
const HAVE_MAX = 800;
const DEAD_MAX = 150;

export interface ReceiptFacts {
  epoch: string;
  /** Everything that was ever committed of this epoch. */
  committed: SeqRanges;
  /** The lowest seq that the device's outbox still held: what lies below can never be sent again. */
  outboxMinSeq: number;
  /** What the answered messages held. */
  answered: SeqRanges;
  /** Of the answered messages, what went into quarantine. */
  dead: ReceiptMessage['dead'];
}

/**
 * The receipt of one epoch. It is cumulative; only where the ranges do not fit into one message are those
 * left out that the answered messages did not touch, highest first.
 */
export function buildReceipt({
  epoch,
  committed,
  outboxMinSeq,
  answered,
  dead,
}: ReceiptFacts): ReceiptMessage {
  const settled = outboxMinSeq > 1 ? addRange(committed, 1, outboxMinSeq - 1) : committed;
  const [first] = settled;
  const upTo = first !== undefined && first[0] === 1 ? first[1] : 0;
  const above = upTo === 0 ? settled : settled.slice(1);
  return {
    v: 1,
    epoch,
    upTo,
    have: fitting(above, answered).map(([from, to]) => [from, to]),
    dead: dead.slice(0, DEAD_MAX),
  };
}

function fitting(ranges: SeqRanges, answered: SeqRanges): SeqRanges {
  if (ranges.length <= HAVE_MAX) return ranges;
  const isAnswered = (range: SeqRanges[number]) =>
    answered.some(([from, to]) => from <= range[1] && to >= range[0]);
  const kept = ranges.filter(isAnswered).slice(0, HAVE_MAX);
  const others = ranges.filter((range) => !isAnswered(range)).slice(0, HAVE_MAX - kept.length);
  return [...kept, ...others].sort((a, b) => a[0] - b[0]);
}
