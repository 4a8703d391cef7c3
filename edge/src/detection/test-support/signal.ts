import type { AxesG, SampleBlock } from '../samples.ts';

/** A stretch of an artificial signal: how long it lasts and the specific force at a time since its start. */
export interface Part {
  ms: number;
  at(ms: number): AxesG;
}

const UP: AxesG = { x: 0, y: 0, z: 1 };
const scaled = ({ x, y, z }: AxesG, k: number): AxesG => ({ x: x * k, y: y * k, z: z * k });
const sum = (a: AxesG, b: AxesG): AxesG => ({ x: a.x + b.x, y: a.y + b.y, z: a.z + b.z });

export function rest(ms: number, level: AxesG = UP): Part {
  return { ms, at: () => level };
}

export function fall(ms: number): Part {
  return rest(ms, { x: 0, y: 0, z: 0 });
}

/** A half-sine along a unit vector, on top of a static level. */
export function halfSine(peakG: number, ms: number, options: { along?: AxesG; on?: AxesG } = {}): Part {
  const { along = UP, on = { x: 0, y: 0, z: 0 } } = options;
  return { ms, at: (t) => sum(on, scaled(along, peakG * Math.sin((Math.PI * t) / ms))) };
}

/** Samples of the parts one after the other; a sample belongs to the part that its exact time falls into. */
export function signal(rateHz: number, parts: readonly Part[], noise: () => number = () => 0): SampleBlock {
  const periodMs = 1000 / rateHz;
  const values: number[] = [];
  let partStart = 0;
  for (const part of parts) {
    for (
      let t = (values.length / 3) * periodMs;
      t < partStart + part.ms;
      t = (values.length / 3) * periodMs
    ) {
      const { x, y, z } = part.at(t - partStart);
      values.push(x + noise(), y + noise(), z + noise());
    }
    partStart += part.ms;
  }
  return { startMs: 0, periodMs, xyz: Float32Array.from(values) };
}

/** Reproducible noise, about normal with the given standard deviation. */
export function noiseOf(sigma: number, seed: number): () => number {
  let state = seed >>> 0;
  const uniform = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  // The sum of four uniform numbers has a variance of 4 / 12.
  return () => (uniform() + uniform() + uniform() + uniform() - 2) * Math.sqrt(3) * sigma;
}
