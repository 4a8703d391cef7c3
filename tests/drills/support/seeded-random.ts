/** Everything random in a drill comes from its seed. */
export interface SeededRandom {
  /** A number in [0, 1). */
  next(): number;
  /** A number from `low` to below `high`. */
  between(low: number, high: number): number;
  /** A whole number from 0 to below `end`. */
  below(end: number): number;
  /** A whole number from `from` to `to`, both included. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  bytes(length: number): Buffer;
  /** Another source, so that what one part draws does not depend on how often another one does. */
  fork(): SeededRandom;
  /** @throws RangeError where there is nothing to pick from */
  pick<T>(items: readonly T[]): T;
  /** A shuffled copy. */
  shuffled<T>(items: readonly T[]): T[];
}

/** Mulberry32: 32 bits of state, which is enough to choose faults with. */
export function seededRandom(seed: number): SeededRandom {
  let state = seed | 0;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), state | 1);
    bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61);
    return ((bits ^ (bits >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (end: number) => Math.floor(next() * end);
  return {
    next,
    below,
    between: (low, high) => low + next() * (high - low),
    whole: (from, to) => from + below(to - from + 1),
    chance: (probability) => next() < probability,
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    fork: () => seededRandom(below(2 ** 32)),
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('there is nothing to pick from');
      return item;
    },
    shuffled: (items) => {
      const drawn = items.map((item) => ({ item, at: next() }));
      return drawn.toSorted((a, b) => a.at - b.at).map(({ item }) => item);
    },
  };
}
