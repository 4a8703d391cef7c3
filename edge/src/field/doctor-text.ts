import { type CheckResult, overallVerdict, type Verdict } from './check-result.ts';

const SIGNS: Record<Verdict, string> = { ok: 'ok', warn: 'WARN', fail: 'FAIL', skipped: '–' };

/** One line per check with what was found, and what to do below each that needs something done. */
export function doctorText(results: readonly CheckResult[]): string {
  const width = Math.max(...results.map(({ check }) => check.length));
  const lines = results.flatMap(({ check, verdict, found, fix }) => [
    `${SIGNS[verdict].padEnd(4)}  ${check.padEnd(width)}  ${found}`,
    ...(fix === null ? [] : [`      ${' '.repeat(width)}  → ${fix}`]),
  ]);
  return `${[...lines, '', summary(results)].join('\n')}\n`;
}

function summary(results: readonly CheckResult[]): string {
  const count = (verdict: Verdict) => results.filter((result) => result.verdict === verdict).length;
  if (overallVerdict(results) === 'ok') return 'All is well.';
  return `${count('fail')} failed, ${count('warn')} to look at, ${count('ok')} ok.`;
}
