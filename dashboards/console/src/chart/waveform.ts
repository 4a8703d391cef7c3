import type { Waveform } from '@jostle/contracts';

/** Samples of a shock event over time. Times are ms from the trigger, accelerations g, gravity included. */
export interface Samples {
  ms: number[];
  x: number[];
  y: number[];
  z: number[];
  resultant: number[];
}

/** Interleaved x, y, z as little-endian 16-bit counts, deflated without a header, in base64. */
export async function samplesOf({ xyz, scaleG, rateHz, preMs }: Waveform): Promise<Samples> {
  const packed = Uint8Array.from(atob(xyz), (char) => char.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const counts = new DataView(await new Response(stream).arrayBuffer());
  const samples: Samples = { ms: [], x: [], y: [], z: [], resultant: [] };
  for (let at = 0; at + 6 <= counts.byteLength; at += 6) {
    const [x, y, z] = [0, 2, 4].map((axis) => counts.getInt16(at + axis, true) * scaleG) as [
      number,
      number,
      number,
    ];
    samples.ms.push((at / 6 / rateHz) * 1000 - preMs);
    samples.x.push(x);
    samples.y.push(y);
    samples.z.push(z);
    samples.resultant.push(Math.hypot(x, y, z));
  }
  return samples;
}
