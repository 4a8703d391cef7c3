import type { ClimateLimits, ExcursionBody } from '@jostle/contracts';

/**
 * Dose (excess over the limit × time) that damages two articles of three. Priors, to be replaced by fitted
 * values: one hour at 10 °C beyond the limit, after the shortest alarm period of WHO PQS E006/TR07 (one hour),
 * and one day at 10 %RH beyond it, because goods take up moisture slowly.
 */
const DAMAGING_DOSE = { temperature: 10, humidity: 240 } as const;

const HOUR_MS = 3_600_000;

/** The product's own limit for this quantity and side; null where it has none. */
export function productLimit(
  { quantity, side }: Pick<ExcursionBody, 'quantity' | 'side'>,
  limits: ClimateLimits | null,
): number | null {
  if (limits === null) return null;
  if (quantity === 'temperature') return side === 'above' ? limits.maxTemperatureC : limits.minTemperatureC;
  return side === 'above' ? limits.maxHumidityPct : limits.minHumidityPct;
}

/**
 * How likely an excursion damages the product, 0 to 1. The extreme is taken to have lasted the whole time,
 * so the answer is an upper bound. Without a limit of the product the device's limit stands in.
 *
 * @param durationMs the part of it that counts, ms
 */
export function excursionDamageProbability(
  excursion: Pick<ExcursionBody, 'quantity' | 'side' | 'limit' | 'extreme'>,
  durationMs: number,
  limits: ClimateLimits | null,
): number {
  const limit = productLimit(excursion, limits) ?? excursion.limit;
  const excess = excursion.side === 'above' ? excursion.extreme - limit : limit - excursion.extreme;
  const dose = Math.max(0, excess) * Math.max(0, durationMs / HOUR_MS);
  return 1 - Math.exp(-dose / DAMAGING_DOSE[excursion.quantity]);
}
