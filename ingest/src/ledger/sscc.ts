import { gs1CheckDigit, isSscc, JostleError } from '@jostle/contracts';

/** @throws JostleError LEDGER_SSCC_INVALID that names the check digit which would fit */
export function checkSscc(sscc: string): void {
  if (isSscc(sscc)) return;
  const message = /^\d{18}$/.test(sscc)
    ? `SSCC ${sscc} ends in ${sscc[17]}, but the check digit of its first 17 digits is ${gs1CheckDigit(sscc.slice(0, 17))}`
    : `"${sscc}" is not an SSCC: it needs 18 digits`;
  throw new JostleError('LEDGER_SSCC_INVALID', message);
}
