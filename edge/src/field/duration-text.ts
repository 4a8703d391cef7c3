const UNITS: readonly [name: string, ms: number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** A time span in its largest whole unit, to 10 %: `42 s`, `7 min`, `2.5 h`, `12 d`. */
export function durationText(ms: number): string {
  const [unit, size] = UNITS.find((candidate) => ms >= 2 * candidate[1]) ?? ['s', 1000];
  const value = ms / size;
  return `${value < 10 && unit !== 's' && value % 1 >= 0.05 ? value.toFixed(1) : Math.round(value)} ${unit}`;
}
