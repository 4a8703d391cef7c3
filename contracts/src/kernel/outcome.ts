/**
 * What became of something that was sent. Retry code looks only at `kind`:
 * `retryable` is tried again (not before `afterMs`), `rejected` never is.
 */
export type SendOutcome =
  | { kind: 'delivered' }
  | { kind: 'retryable'; reason: string; afterMs?: number }
  | { kind: 'rejected'; reason: string };
