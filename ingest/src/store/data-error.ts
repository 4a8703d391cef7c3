/**
 * Whether the store refused the values themselves, so that the same transaction can never succeed; everything else
 * (disk full, no connection, a lock) may pass. PostgreSQL: classes 22 and 23 of its error codes (Appendix A).
 */
export function isDataError(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  if (typeof code !== 'string') return false;
  return /^2[23]/.test(code) || /^SQLITE_(CONSTRAINT|MISMATCH|TOOBIG|RANGE)/.test(code);
}

/** Why something is refused that ended in a data error. */
export function dataErrorReason(error: unknown): string {
  return `the store cannot take it: ${error}`;
}
