import { JostleError } from '@jostle/contracts';

/**
 * Milliseconds since the Unix epoch of an RFC 3339 instant.
 *
 * @throws JostleError REST_REQUEST_INVALID for a text that the schema lets through but that is no instant,
 *   such as a leap second
 */
export function toMs(instant: string): number {
  const ms = Date.parse(instant);
  if (!Number.isFinite(ms)) throw new JostleError('REST_REQUEST_INVALID', `"${instant}" is not an instant`);
  return ms;
}

/** RFC 3339 in UTC with milliseconds. */
export function toInstant(ms: number): string {
  return new Date(ms).toISOString();
}
