import type { SeededRandom } from '../support/seeded-random.ts';

/** Bytes that parsers trip over: ends of ranges, continuation bits, quotes and braces. */
const NASTY_BYTES = [0x00, 0x01, 0x7f, 0x80, 0xff, 0xfe, 0xc0, 0x22, 0x7b, 0x5d, 0x5c] as const;
/** A change inserts or repeats at most so much. */
const PIECE_BYTES = 32;

/** One to four random changes to some bytes: flipped, put in, taken out, cut off, repeated. */
export function mutated(bytes: Buffer, random: SeededRandom): Buffer {
  let result: Buffer = Buffer.from(bytes);
  for (let change = random.whole(1, 4); change > 0; change--) result = changed(result, random);
  return result;
}

function changed(bytes: Buffer, random: SeededRandom): Buffer {
  const at = random.below(bytes.length + 1);
  const end = Math.min(bytes.length, at + random.below(PIECE_BYTES));
  const ways: readonly (() => Buffer)[] = [
    () => withByte(bytes, at, (byte) => byte ^ (1 << random.below(8))),
    () => withByte(bytes, at, () => random.pick(NASTY_BYTES)),
    // The first bytes say what follows and how long it is.
    () => withByte(bytes, random.below(5), () => random.below(256)),
    () => Buffer.concat([bytes.subarray(0, at), random.bytes(random.below(PIECE_BYTES)), bytes.subarray(at)]),
    () => Buffer.concat([bytes.subarray(0, at), bytes.subarray(end)]),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, end), bytes.subarray(at)]),
  ];
  return random.pick(ways)();
}

function withByte(bytes: Buffer, at: number, next: (byte: number) => number): Buffer {
  const byte = bytes[at];
  if (byte !== undefined) bytes[at] = next(byte);
  return bytes;
}
