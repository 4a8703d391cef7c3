import { MINUTE_MS } from '@jostle/contracts';

const DAY = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});

/** "1 March 2026 at 10:14 UTC". */
export function instantInWords(iso: string): string {
  return `${DAY.format(new Date(iso))} at ${iso.slice(11, 16)} UTC`;
}

/** "99 %", and honest at both ends: nothing that is possible is called 0 %, nothing uncertain 100 %. */
export function percentInWords(share: number): string {
  if (share > 0 && share < 0.005) return 'less than 1 %';
  if (share < 1 && share >= 0.995) return 'more than 99 %';
  return `${Math.round(share * 100)} %`;
}

/** "40 minutes", "3 h 20 min", "2 days 4 h". */
export function durationInWords(ms: number): string {
  const minutes = Math.round(ms / MINUTE_MS);
  if (minutes < 1) return 'less than a minute';
  if (minutes === 1) return '1 minute';
  if (minutes < 120) return `${minutes} minutes`;
  const hours = Math.round(minutes / 60);
  if (hours < 48) return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}

/** "a, b and c". */
export function listInWords(parts: readonly string[]): string {
  if (parts.length < 2) return parts.join('');
  return `${parts.slice(0, -1).join(', ')} and ${parts.at(-1)}`;
}

/** Where a leg took place: the name of its site, or "A to B" on the way. */
export function placeOf({ from, to }: { from: string; to: string }): string {
  return from === to ? from : `${from} to ${to}`;
}
