import type { Finding, FindingSummary, Return, ReturnWithFinding } from '@jostle/contracts';
import type { ServerDeps } from './server-deps.ts';

/** Puts its finding to each return. One that cannot be computed does not take the list with it. */
export function findingSummaries({ findings, log }: ServerDeps) {
  return async (returns: readonly Return[]): Promise<ReturnWithFinding[]> => {
    const shown: ReturnWithFinding[] = [];
    for (const claim of returns) {
      try {
        shown.push({ ...claim, finding: summaryOf(await findings.findingOf(claim.id)) });
      } catch (err) {
        log.error({ err, returnId: claim.id }, 'a finding could not be computed');
        shown.push({ ...claim, finding: null });
      }
    }
    return shown;
  };
}

function summaryOf({ verdict, cause, explanation }: Finding): FindingSummary {
  const shock = cause?.shock;
  return {
    verdict,
    legId: cause?.legId ?? null,
    custodianName: cause?.custodianName ?? null,
    place: cause?.place ?? null,
    share: cause?.share ?? null,
    dropHeightM: shock?.dropHeightM ?? null,
    peakG: shock?.peakG.resultant ?? null,
    velocityChangeMps: shock?.velocityChangeMps ?? null,
    impactAt: shock?.impactAt ?? null,
    explanation,
  };
}
