/** A certain event would outweigh everything by an infinite factor; nothing recorded is that certain. */
const MAX_PROBABILITY = 1 - 1e-9;

/** h = −ln(1 − F): hazards of independent causes add up where their probabilities do not. */
export function hazardOf(probability: number): number {
  return -Math.log1p(-Math.min(probability, MAX_PROBABILITY));
}

/** The probability that at least one of the causes behind this hazard did damage. */
export function probabilityOf(hazard: number): number {
  return -Math.expm1(-hazard);
}

/**
 * The part of each hazard in their sum, which is the probability that it was the cause, given that there was one.
 *
 * @param hazards at least one above 0
 */
export function sharesOf(hazards: readonly number[]): number[] {
  const total = hazards.reduce((sum, h) => sum + h, 0);
  return hazards.map((h) => h / total);
}
