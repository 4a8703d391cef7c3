import { addRange, type ReceiptMessage, type SeqRanges } from '@jostle/contracts';
import { overlaps } from './group-sort.ts';

/** Together they keep a receipt below MAX_PAYLOAD_BYTES: 800 ranges of two 9-digit numbers, 150 codes of 30 letters. */
const HAVE_MAX = 800;
const DEAD_MAX = 150;

export interface ReceiptFacts {
  epoch: string;
  /** Committed ranges of this epoch: at least those at the answered messages and at the lowest seq of the outbox. */
  committed: SeqRanges;
  /** The lowest seq that the device's outbox still held: what lies below can never be sent again. */
  outboxMinSeq: number;
  /** What the answered messages held. */
  answered: SeqRanges;
  /** Of the answered messages, what went into quarantine. */
  dead: ReceiptMessage['dead'];
}

/**
 * The receipt of one epoch: all from 1 on that is settled, and above that the committed ranges in which the answered
 * messages lie, lowest first where they do not fit. What a lost receipt said is said again when the device sends again.
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
  const have = settled.filter(([from, to]) => from > upTo && overlaps(answered, from, to));
  return {
    v: 1,
    epoch,
    upTo,
    have: have.slice(0, HAVE_MAX).map(([from, to]) => [from, to]),
    dead: dead.slice(0, DEAD_MAX),
  };
}
