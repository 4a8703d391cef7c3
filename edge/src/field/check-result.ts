/** What one check came to. `skipped` is what cannot be said here; it says why and is no failure. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped';

/** What a command that checks exits with, so that a script can tell. */
export const EXIT_CODES = { ok: 0, fail: 1, warn: 2 } as const;

/** One line of the doctor. */
export interface CheckResult {
  check: string;
  verdict: Verdict;
  /** What was found. */
  found: string;
  /** What to do about it; null where there is nothing to do. */
  fix: string | null;
}

export const ok = (check: string, found: string): CheckResult => ({ check, verdict: 'ok', found, fix: null });
export const warn = (check: string, found: string, fix: string): CheckResult => ({
  check,
  verdict: 'warn',
  found,
  fix,
});
export const fail = (check: string, found: string, fix: string): CheckResult => ({
  check,
  verdict: 'fail',
  found,
  fix,
});
export const skipped = (check: string, found: string): CheckResult => ({
  check,
  verdict: 'skipped',
  found,
  fix: null,
});

/** The worst of all: a fail, else a warning, else ok. */
export function overallVerdict(results: readonly CheckResult[]): Exclude<Verdict, 'skipped'> {
  const has = (verdict: Verdict) => results.some((result) => result.verdict === verdict);
  if (has('fail')) return 'fail';
  return has('warn') ? 'warn' : 'ok';
}
