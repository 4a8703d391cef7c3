/**
 * In-place inverse transform of a complex spectrum, without the division by the length (radix 2, Cooley and Tukey).
 *
 * @param re real parts, whose number is a power of two
 * @param im imaginary parts, as many
 */
export function inverseFourier(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      swap(re, i, j);
      swap(im, i, j);
    }
  }
  for (let width = 2; width <= n; width *= 2) {
    const half = width / 2;
    for (let k = 0; k < half; k++) {
      const cos = Math.cos((2 * Math.PI * k) / width);
      const sin = Math.sin((2 * Math.PI * k) / width);
      for (let low = k; low < n; low += width) {
        const high = low + half;
        const [a, b] = [re[high] ?? 0, im[high] ?? 0];
        const turnedRe = a * cos - b * sin;
        const turnedIm = a * sin + b * cos;
        re[high] = (re[low] ?? 0) - turnedRe;
        im[high] = (im[low] ?? 0) - turnedIm;
        re[low] = (re[low] ?? 0) + turnedRe;
        im[low] = (im[low] ?? 0) + turnedIm;
      }
    }
  }
}

function swap(values: Float64Array, i: number, j: number): void {
  const kept = values[i] ?? 0;
  values[i] = values[j] ?? 0;
  values[j] = kept;
}
