/**
 * A seeded source of numbers in [0, 1): a Weyl sequence through a 32-bit finaliser.
 * Enough for vibration and noise; of no use where somebody might want to guess it.
 */
export function seededRandom(seed: number): () => number {
  let state = mix(seed | 0);
  return () => {
    state = (state + 0x9e3779b9) | 0;
    return (mix(state) >>> 0) / 2 ** 32;
  };
}

/** Normally distributed values of mean 0 and standard deviation 1 (Box and Muller). */
export function gaussianTable(length: number, random: () => number): Float64Array {
  const table = new Float64Array(length);
  for (let i = 0; i < length; i++)
    table[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  return table;
}

/** Spreads the bits of an integer over all 32 (multiply-xorshift, Wellons' `lowbias32` constants). */
function mix(value: number): number {
  let x = value;
  x = Math.imul(x ^ (x >>> 16), 0x7feb352d);
  x = Math.imul(x ^ (x >>> 15), 0x846ca68b);
  return x ^ (x >>> 16);
}
