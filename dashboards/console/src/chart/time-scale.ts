import { clockText, dayText } from '../ui/format.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[1, 2, 5, 10, 15, 30].map((n) => n * MINUTE),
  ...[1, 2, 3, 6, 12].map((n) => n * HOUR),
  ...[1, 2, 7, 14].map((n) => n * DAY),
];

/** A tick needs this much room for its text, px. */
const TICK_PX = 64;

/** Time on the x axis: ms since the epoch to px. */
export interface TimeScale {
  x(ms: number): number;
  ticks: { x: number; text: string }[];
}

export function timeScale(fromMs: number, toMs: number, leftPx: number, rightPx: number): TimeScale {
  const span = Math.max(1, toMs - fromMs);
  const x = (ms: number) => leftPx + ((ms - fromMs) / span) * (rightPx - leftPx);
  const most = Math.max(1, Math.floor((rightPx - leftPx) / TICK_PX));
  const step = STEPS.find((s) => span / s <= most) ?? 28 * DAY;
  const ticks = [];
  for (let ms = Math.ceil(fromMs / step) * step; ms <= toMs; ms += step)
    ticks.push({ x: x(ms), text: step >= DAY || ms % DAY === 0 ? dayText(ms) : clockText(ms) });
  // A text in the middle of its tick would be cut off at either end.
  const isWhole = (tick: { x: number }) => tick.x - leftPx >= TICK_PX / 4 && rightPx - tick.x >= TICK_PX / 4;
  return { x, ticks: ticks.filter(isWhole) };
}
