const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  timeZone: 'UTC',
});

/** Instants are shown in UTC everywhere, as findings are written. "1 Mar 2026, 09:30:05". */
export function instantText(iso: string): string {
  return `${DAY.format(new Date(iso))}, ${iso.slice(11, 19)}`;
}

/** "1 Mar 2026, 09:30". */
export function minuteText(iso: string): string {
  return instantText(iso).slice(0, -3);
}

/** "09:30". */
export function clockText(ms: number): string {
  return new Date(ms).toISOString().slice(11, 16);
}

/** "1 Mar". */
export function dayText(ms: number): string {
  return DAY.format(new Date(ms)).replace(/ \d{4}$/, '');
}

/** "99 %"; what is possible is never 0 %, what is uncertain never 100 %. */
export function percentText(share: number): string {
  if (share > 0 && share < 0.005) return '< 1 %';
  if (share < 1 && share >= 0.995) return '> 99 %';
  return `${Math.round(share * 100)} %`;
}

/** "8 min", "3 h 20 min", "2 d 4 h". */
export function minutesText(minutes: number): string {
  const whole = Math.round(minutes);
  if (minutes > 0 && whole === 0) return '< 1 min';
  if (whole < 120) return `${whole} min`;
  const hours = Math.floor(whole / 60);
  return hours < 48 ? `${hours} h ${whole % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** "30 of 40 min", rounded so that a missing second is never hidden. */
export function partText(observedMinutes: number, unobservedMinutes: number): string {
  const part = minutesText(Math.floor(observedMinutes + 1e-6));
  const whole = minutesText(observedMinutes + unobservedMinutes);
  return `${/^\d+ min$/.test(whole) ? part.replace(' min', '') : part} of ${whole}`;
}

/** The same text, in which no line ends between a number and its unit. */
export function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=%|g\b|m\b|m\/s|ms\b|min|°C)/g, '$1\u00a0');
}

export function numberText(value: number | null, digits: number, unit: string): string {
  return value === null ? '–' : `${value.toFixed(digits)} ${unit}`;
}

export function unitOf(quantity: 'temperature' | 'humidity'): string {
  return quantity === 'temperature' ? '°C' : '%RH';
}
