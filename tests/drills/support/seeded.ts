import { seededRandom } from './seeded-random.ts';

/** More choices that follow from a seed alone: of bytes, and of sources for the parts of a drill. */
export class Seeded {
  /** In [0, 1); bound, so that it can be handed on. */
  readonly next: () => number;

  constructor(seed: number) {
    this.next = seededRandom(seed).next;
  }

  /** A whole number in [0, end). */
  below(end: number): number {
    return Math.floor(this.next() * end);
  }

  /** A whole number in [from, to]. */
  between(from: number, to: number): number {
    return from + this.below(to - from + 1);
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** @throws RangeError where there is nothing to choose from */
  pick<T>(items: readonly T[]): T {
    const item = items[this.below(items.length)];
    if (item === undefined) throw new RangeError('nothing to choose from');
    return item;
  }

  bytes(length: number): Buffer {
    const buffer = Buffer.allocUnsafe(length);
    for (let i = 0; i < length; i++) buffer[i] = this.below(256);
    return buffer;
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, at: this.next() }))
      .sort((a, b) => a.at - b.at)
      .map(({ item }) => item);
  }

  /** Another source, so that what one part draws does not depend on how often another one does. */
  fork(): Seeded {
    return new Seeded(this.below(2 ** 32));
  }
}
