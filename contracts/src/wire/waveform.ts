import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { Waveform } from './shock-body.ts';

/**
 * Packs samples for the wire.
 *
 * @param xyz interleaved x, y, z in g
 * @param scaleG acceleration of one count, g; values beyond ±32767 counts are held at the end of the range
 */
export function packWaveform(
  xyz: ArrayLike<number>,
  rateHz: number,
  preMs: number,
  scaleG: number,
): Waveform {
  const counts = Int16Array.from(xyz, (g) => Math.max(-32767, Math.min(32767, Math.round(g / scaleG))));
  const bytes = Buffer.from(counts.buffer, counts.byteOffset, counts.byteLength);
  return { rateHz, preMs, scaleG, xyz: deflateRawSync(bytes).toString('base64') };
}

/**
 * The samples of a waveform as interleaved x, y, z in g.
 *
 * @throws where the base64 or the deflate stream is damaged
 */
export function unpackWaveform(waveform: Waveform): Float32Array {
  const bytes = inflateRawSync(Buffer.from(waveform.xyz, 'base64'), { maxOutputLength: 1 << 20 });
  return Float32Array.from(
    { length: bytes.length >> 1 },
    (_, i) => bytes.readInt16LE(i * 2) * waveform.scaleG,
  );
}
