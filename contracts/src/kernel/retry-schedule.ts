export interface RetryPlan {
  /** Delay before the first retry, ms. */
  firstMs: number;
  /** Upper bound of a delay, ms. */
  maxMs: number;
  /** How much each delay grows over the one before; at least 1. */
  factor: number;
}

/**
 * The delay before retry number `attempt` (0 is the first), in ms: exponential with full jitter, so that
 * devices which lost the same broker do not come back in step.
 *
 * @param random a number in [0, 1)
 */
export function retryDelayMs(plan: RetryPlan, attempt: number, random: number): number {
  const ceiling = Math.min(plan.maxMs, plan.firstMs * plan.factor ** attempt);
  return Math.round(ceiling / 2 + (ceiling / 2) * random);
}
