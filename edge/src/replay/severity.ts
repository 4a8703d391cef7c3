/**
 * Levels of the pseudo-velocity plateau and what they are called: 50, 100 and 300 inches a second
 * (Gaberson, "Shock Severity Estimation").
 */
const LEVELS = [
  { fromMps: 7.62, name: 'very severe' },
  { fromMps: 2.54, name: 'moderate' },
  { fromMps: 1.27, name: 'very mild' },
] as const;

/** The highest level that is reached; `below very mild` where none is. */
export type PseudoVelocitySeverity = (typeof LEVELS)[number]['name'] | 'below very mild';

/** @param pseudoVelocityMps largest pseudo-velocity of a spectrum, m/s */
export function severityOf(pseudoVelocityMps: number): PseudoVelocitySeverity {
  return LEVELS.find(({ fromMps }) => pseudoVelocityMps >= fromMps)?.name ?? 'below very mild';
}
