import { MAX_PAYLOAD_BYTES, type SeqRanges } from '@jostle/contracts';
import { describe, expect, it } from 'vitest';
import { EPOCH } from '../testing/records.ts';
import { buildReceipt } from './receipt-builder.ts';

const facts = { epoch: EPOCH, committed: [], outboxMinSeq: 0, answered: [], dead: [] };

describe('receipt', () => {
  it.each<{ committed: SeqRanges; minSeq: number; upTo: number; have: SeqRanges; why: string }>([
    { committed: [], minSeq: 0, upTo: 0, have: [], why: 'nothing came' },
    { committed: [[1, 5]], minSeq: 1, upTo: 5, have: [], why: 'all from 1' },
    { committed: [[3, 5]], minSeq: 1, upTo: 0, have: [[3, 5]], why: '1 and 2 are still in the outbox' },
    { committed: [[3, 5]], minSeq: 3, upTo: 5, have: [], why: '1 and 2 left the outbox' },
    {
      committed: [
        [1, 2],
        [9, 9],
      ],
      minSeq: 6,
      upTo: 5,
      have: [[9, 9]],
      why: 'gap below the outbox',
    },
  ])('says upTo $upTo where $why', ({ committed, minSeq, upTo, have }) => {
    const answered = committed;
    expect(buildReceipt({ ...facts, committed, answered, outboxMinSeq: minSeq })).toMatchObject({
      upTo,
      have,
    });
  });

  it('names above upTo the whole ranges in which the answered messages lie, and no others', () => {
    const committed: SeqRanges = [
      [1, 2],
      [5, 9],
      [20, 20],
      [30, 34],
    ];
    const answered: SeqRanges = [
      [2, 2],
      [6, 7],
      [34, 34],
    ];
    expect(buildReceipt({ ...facts, committed, answered })).toMatchObject({
      upTo: 2,
      have: [
        [5, 9],
        [30, 34],
      ],
    });
  });

  it('fits into one message, however scattered what it answers is', () => {
    const committed = Array.from(
      { length: 5000 },
      (_, i) => [900_000_000 + i * 3, 900_000_000 + i * 3] as const,
    );
    const answered = committed.slice(0, 4000);
    const dead = Array.from({ length: 1000 }, (_, i) => ({
      seq: 900_000_000 + i,
      code: 'INGEST_MESSAGE_MALFORMED',
    }));
    const receipt = buildReceipt({ ...facts, committed, answered, dead });
    expect(JSON.stringify(receipt).length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
    expect(receipt.have).toEqual(answered.slice(0, 800));
  });
});
