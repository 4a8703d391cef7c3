import { MAX_PAYLOAD_BYTES } from '@jostle/contracts';
import type { SeededRandom } from '../support/seeded-random.ts';
import { UNSTORABLE_SENSOR } from './strict-store.ts';

/** No outbox has it, so that what is refused takes no record of a good device with it. */
export const POISON_EPOCH = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';

/** A batch that holds one is halved down to it: some twenty transactions more. */
const UNSTORABLE_SHARE = 0.005;

/** Makes messages that nobody can take, for one device: each of them once. */
export class PoisonSource {
  /** How many so far are too large for the broker. */
  oversized = 0;
  /** How many so far pass every check but that of the store: see `makeStrictStore`. */
  unstorable = 0;
  readonly #random: SeededRandom;
  #made = 0;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  next(): string {
    this.#made += 1;
    if (this.#random.chance(UNSTORABLE_SHARE)) {
      this.unstorable += 1;
      return JSON.stringify(faultMessage(this.#made, { ...SOUND, sensor: UNSTORABLE_SENSOR }));
    }
    const payload = unreadable(this.#made, this.#random);
    if (payload.length > MAX_PAYLOAD_BYTES) this.oversized += 1;
    return payload;
  }
}

const SOUND = { sensor: 's', isRaised: true, reason: 'stale', detail: '' };

/** A message that passes every check if its body does; `seq` makes it one of its own. */
function faultMessage(seq: number, body: object) {
  return {
    ...{ v: 1, epoch: POISON_EPOCH, bootId: POISON_EPOCH, clock: 'ntp', seq },
    ...{ outbox: { minSeq: 0, maxSeq: seq }, at: [seq], mono: [seq], climate: [] },
    other: [{ i: 0, kind: 'fault', body }],
  };
}

function unreadable(seq: number, random: SeededRandom): string {
  const message = faultMessage(seq, SOUND);
  const body = { ...SOUND, isRaised: 'perhaps' };
  const ways: readonly (() => unknown)[] = [
    () => ({ ...message, v: 2 }),
    () => ({ ...message, at: ['today'] }),
    () => ({ ...message, mono: [seq, seq] }),
    () => ({ ...message, other: [{ i: 7, kind: 'fault', body }] }),
    () => ({ ...message, other: [{ i: 0, kind: 'rumour', body }] }),
    () => ({ ...message, other: [{ i: 0, kind: 'fault', body }] }),
    () => ({ ...message, unheardOf: true }),
    () => seq,
  ];
  const way = random.below(ways.length + 2);
  if (way === ways.length) return `${JSON.stringify(message).slice(0, -2)}${seq}`;
  if (way > ways.length)
    return JSON.stringify({ ...message, more: 'x'.repeat(MAX_PAYLOAD_BYTES + random.below(20_000)) });
  return JSON.stringify(ways[way]?.());
}
