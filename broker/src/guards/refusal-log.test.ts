import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

test('logs a client that is refused again and again once, and counts it each time', () => {
  const lines: string[] = [];
  const refusals = new RefusalLog(pino({}, { write: (line) => lines.push(line) }));
  for (let i = 0; i < 50; i++) refusals.note('BROKER_TOPIC_REFUSED', 'A', { topic: 'x' });
  refusals.note('BROKER_TOPIC_REFUSED', 'B', { topic: 'x' });
  expect(lines).toHaveLength(2);
  refusals.summarise();
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ refusals: 51, clients: 2 });
});
