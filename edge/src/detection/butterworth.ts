/**
 * Zero-phase low-pass: a second-order Butterworth section run forward and backward, the structure of SAE J211-1
 * appendix C. Each pass has its corner higher by 1 / (√2 − 1)^¼ (2.0775 / 1.6667 in that standard), so that both
 * together are 3 dB down at the corner. Gain at DC is 1; beyond its ends the signal is taken to stay as it is.
 *
 * @param signal interleaved samples; not changed
 * @param channels how many interleaved channels
 * @param cornerHz above 0 and below 0.4 × rateHz
 */
export function lowPassZeroPhase(
  signal: Float32Array,
  channels: number,
  rateHz: number,
  cornerHz: number,
): Float32Array {
  const section = lowPassSection(Math.tan((Math.PI * cornerHz) / rateHz) / (Math.SQRT2 - 1) ** 0.25);
  const out = Float32Array.from(signal);
  for (let channel = 0; channel < channels; channel++) {
    pass(out, section, channel, channels);
    pass(out, section, out.length - channels + channel, -channels);
  }
  return out;
}

interface Section {
  /** Numerator b, 2b, b. */
  b: number;
  a1: number;
  a2: number;
}

/** Bilinear transform of 1 / (s² + √2 s + 1); `w` is the prewarped corner. */
function lowPassSection(w: number): Section {
  const norm = 1 + Math.SQRT2 * w + w * w;
  return {
    b: (w * w) / norm,
    a1: (2 * (w * w - 1)) / norm,
    a2: (1 - Math.SQRT2 * w + w * w) / norm,
  };
}

/** One pass over every `step`-th value from `start`, in place, begun in the steady state of the first value. */
function pass(values: Float32Array, { b, a1, a2 }: Section, start: number, step: number): void {
  const first = values[start] ?? 0;
  let [x1, x2, y1, y2] = [first, first, first, first];
  for (let i = start; i >= 0 && i < values.length; i += step) {
    const x = values[i] as number;
    const y = b * (x + 2 * x1 + x2) - a1 * y1 - a2 * y2;
    values[i] = y;
    [x2, x1, y2, y1] = [x1, x, y1, y];
  }
}
