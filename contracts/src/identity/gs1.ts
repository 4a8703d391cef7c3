/**
 * The GS1 check digit of a number without one: weights 3, 1, 3, … from the right
 * (GS1 General Specifications, section 7.9).
 *
 * @param digits decimal digits, at least one
 */
export function gs1CheckDigit(digits: string): number {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const weight = (digits.length - i) % 2 === 1 ? 3 : 1;
    sum += Number(digits[i]) * weight;
  }
  return (10 - (sum % 10)) % 10;
}

/** An SSCC from its first 17 digits. */
export function ssccFrom(digits17: string): string {
  return digits17 + gs1CheckDigit(digits17);
}

/** Whether `text` is 18 digits of which the last is the right check digit. */
export function isSscc(text: string): boolean {
  return /^\d{18}$/.test(text) && gs1CheckDigit(text.slice(0, 17)) === Number(text[17]);
}
