import { pino } from 'pino';
import { expect, test } from 'vitest';
import { RefusalLog } from './refusal-log.ts';

function refusalLog() {
  const lines: string[] = [];
  const clock = { nowMs: 0 };
  const log = pino({}, { write: (line) => lines.push(line) });
  const refusals = new RefusalLog(
    log,
    () => {},
    () => clock.nowMs,
  );
  return { lines, clock, refusals };
}

test('logs a client that is refused again and again once, and counts it each time', () => {
  const { lines, refusals } = refusalLog();
  for (let i = 0; i < 50; i++) refusals.note('BROKER_TOPIC_REFUSED', 'A', { topic: 'x' });
  refusals.note('BROKER_TOPIC_REFUSED', 'B', { topic: 'x' });
  expect(lines).toHaveLength(2);
  refusals.summarise();
  expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ refusals: 51 });
});

test('made-up ids fill the log only so far, and silence the others for an hour at most', () => {
  const { lines, clock, refusals } = refusalLog();
  for (let i = 0; i < 3_000; i++) refusals.note('BROKER_IDENTITY_REFUSED', `made-up-${i}`, {});
  expect(lines).toHaveLength(1_001);
  expect(lines.at(-1)).toContain('further refusals');
  refusals.note('BROKER_TOPIC_REFUSED', 'A', {});
  expect(lines).toHaveLength(1_001);
  clock.nowMs = 3_600_000;
  refusals.note('BROKER_TOPIC_REFUSED', 'A', {});
  expect(lines).toHaveLength(1_002);
});
