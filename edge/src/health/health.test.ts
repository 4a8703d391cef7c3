import { ManualClock } from '@jostle/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { serviceManagerOf } from './config.ts';
import { ailmentsOf } from './health.ts';
import { watchLoopLag } from './loop-lag.ts';

const WELL = { workerSilenceMs: 0, isOutboxWritable: true };

test.each([
  ['all is well', WELL, 0, []],
  ['the worker spoke just in time', { ...WELL, workerSilenceMs: 9_999 }, 0, []],
  ['the worker is silent', { ...WELL, workerSilenceMs: 10_000 }, 0, ['hardware worker silent for 10 s']],
  ['the worker told why it ended', { ...WELL, workerSilenceMs: null }, 0, []],
  ['the last commit failed', { ...WELL, isOutboxWritable: false }, 0, ['outbox cannot be written']],
  ['the event loop is a little late', WELL, 4_999, []],
  ['the event loop hangs', WELL, 5_000, ['event loop late by 5 s']],
  [
    'everything at once',
    { workerSilenceMs: 61_000, isOutboxWritable: false },
    7_000,
    ['hardware worker silent for 61 s', 'outbox cannot be written', 'event loop late by 7 s'],
  ],
])('%s', (_, health, loopLagMs, ailments) => {
  expect(ailmentsOf(health, loopLagMs)).toEqual(ailments);
});

test('the lag of the loop is what a timer is late by, and is told once', () => {
  const clock = new ManualClock(0);
  const lag = watchLoopLag(clock);
  onTestFinished(() => lag.stop());
  clock.advance(1_000);
  expect(lag.worstMs()).toBe(0);
  clock.advance(6_000);
  expect(lag.worstMs()).toBe(6_000);
});

test.each([
  ['started by hand', {}, null],
  ['without a watchdog', { notifySocket: '/run/n' }, { notifySocket: '/run/n', watchdogMs: null }],
  [
    'watched',
    { notifySocket: '@n', watchdogUs: 60_000_000, watchdogPid: 7 },
    { notifySocket: '@n', watchdogMs: 60_000 },
  ],
  [
    'the child of a watched one',
    { notifySocket: '@n', watchdogUs: 60_000_000, watchdogPid: 6 },
    { notifySocket: '@n', watchdogMs: null },
  ],
])('a process %s knows its service manager', (_, environment, manager) => {
  expect(serviceManagerOf(environment, 7)).toEqual(manager);
});
