import { expect, it } from 'vitest';
import { timeScale } from './time-scale.ts';

const MINUTE = 60_000;
const START = Date.UTC(2026, 2, 1, 9, 30);

it('puts both ends of the journey to the ends of the axis', () => {
  const { x } = timeScale(START, START + 40 * MINUTE, 10, 410);
  expect([x(START), x(START + 20 * MINUTE), x(START + 40 * MINUTE)]).toEqual([10, 210, 410]);
});

it.each([
  { span: 40 * MINUTE, width: 1000, texts: ['09:35', '09:40', '09:45', '09:50', '09:55', '10:00', '10:05'] },
  { span: 40 * MINUTE, width: 340, texts: ['09:40', '09:50', '10:00'] },
  { span: 3 * 24 * 60 * MINUTE, width: 300, texts: ['2 Mar', '3 Mar', '4 Mar'] },
])('has round ticks with room for their text: $texts', ({ span, width, texts }) => {
  expect(timeScale(START, START + span, 0, width).ticks.map((tick) => tick.text)).toEqual(texts);
});

it('marks midnight by its day', () => {
  const { ticks } = timeScale(START, START + 24 * 60 * MINUTE, 0, 1000);
  expect(ticks.map((tick) => tick.text)).toContain('2 Mar');
});
