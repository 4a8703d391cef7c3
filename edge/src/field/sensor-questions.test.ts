import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { SensorQuestion } from '../sensing/protocol.ts';
import { type GlanceFrame, SensorQuestions } from './sensor-questions.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function asking() {
  const asked: SensorQuestion['type'][] = [];
  const questions = new SensorQuestions({
    clock: new ManualClock(7_000),
    ask: ({ type }) => asked.push(type),
  });
  const answer = (atMs: number) => questions.receive({ type: 'glances', atMs, glances: [GLANCE] });
  return { asked, questions, answer };
}

const GLANCE = {
  kind: 'climate' as const,
  sensor: 'sht31d-44',
  reading: null,
  ageMs: null,
  readEveryMs: 2500,
  replies: 0,
  errors: 0,
  fault: null,
};

test('two who follow cost one question a second, and the last one who leaves ends it', () => {
  const { asked, questions, answer } = asking();
  const seen: [string, number][] = [];
  const leaveA = questions.follow(({ atMs }) => seen.push(['a', atMs]));
  const leaveB = questions.follow(({ atMs }) => seen.push(['b', atMs]));
  answer(0);
  vi.advanceTimersByTime(1000);
  answer(1000);
  leaveA();
  vi.advanceTimersByTime(1000);
  answer(2000);
  expect(seen).toEqual([
    ['a', 1000],
    ['b', 1000],
    ['b', 2000],
  ]);
  leaveB();
  vi.advanceTimersByTime(10_000);
  expect(asked).toEqual(['glance', 'glance', 'glance', 'unwatch']);
});

test('while the worker does not answer the frames are empty', () => {
  const { questions, answer } = asking();
  const frames: GlanceFrame[] = [];
  questions.follow((frame) => frames.push(frame));
  answer(0);
  vi.advanceTimersByTime(2000);
  expect(frames).toEqual([{ atMs: 7_000, glances: [] }]);
  answer(2000);
  expect(frames).toHaveLength(2);
});

test('two scans at a time are one, and one that is not answered ends as null', async () => {
  const { asked, questions } = asking();
  const both = [questions.scan(), questions.scan()];
  questions.receive({ type: 'scanned', rows: [{ address: 8, kind: 'silent' }] });
  expect(await Promise.all(both)).toEqual([
    [{ address: 8, kind: 'silent' }],
    [{ address: 8, kind: 'silent' }],
  ]);
  expect(asked).toEqual(['scan']);
  const late = questions.scan();
  await vi.advanceTimersByTimeAsync(5000);
  expect(await late).toBeNull();
});
