import type { Figure } from '../figures/figure.ts';

/** The value of a figure, as a cell of a table. */
export function shown({ value, unit }: Figure): string {
  return `${value.toLocaleString('en')} ${unit}`;
}

/** What it ought to be, and whether it is. */
export function target({ target, bound, pass }: Figure): string {
  if (target === null) return '–';
  return `${bound === 'at least' ? '≥' : '≤'} ${target.toLocaleString('en')}${pass ? '' : ', **missed**'}`;
}
