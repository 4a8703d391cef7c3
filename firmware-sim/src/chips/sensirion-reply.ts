import { crc8 } from './crc8.ts';

/** The words of a reply on the wire, each followed by its checksum; beyond the last the chip leaves the line high. */
export function sensirionReply(words: readonly number[], length: number): Uint8Array {
  const bytes = words.flatMap((word) => [word >> 8, word & 0xff, crc8(word >> 8, word & 0xff)]);
  return Uint8Array.from({ length }, (_, i) => bytes[i] ?? 0xff);
}

/** A signal output from its share of the full scale; a value outside the scale reads as its end. */
export function signalOutput(share: number): number {
  return Math.round(Math.max(0, Math.min(1, share)) * 0xffff);
}
