import { expect, test } from 'vitest';
import type { AgentStatus } from '../agent.ts';
import { agentChecks } from './agent-checks.ts';

const NOW = 1_000_000_000;
const WELL: AgentStatus = {
  deviceId: 'BOX-A',
  epoch: 'e',
  isConnected: true,
  backlog: 12,
  sensors: ['sht31d-44'],
  sensorStates: [{ sensor: 'sht31d-44', fault: null, lastMeasuredAt: NOW, latest: '20.0 °C' }],
  lastReceiptAt: NOW - 30_000,
  clock: 'ntp',
  time: { bootNumber: 1, anchoredAt: 0, unsyncedMs: null },
  freeBytes: 1,
};
const FAULT = { reason: 'stale' as const, detail: 'no good reply for 40 s: nack' };

test('an agent that is well has nothing to fix', () => {
  expect(agentChecks(WELL, NOW).map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
});

test.each<[check: string, verdict: string, found: RegExp, change: Partial<AgentStatus>]>([
  ['broker', 'fail', /no connection/, { isConnected: false }],
  ['backlog', 'ok', /last receipt 30 s ago/, {}],
  ['backlog', 'ok', /last receipt 300 s ago/, { lastReceiptAt: NOW - 300_000 }],
  ['backlog', 'warn', /last receipt 301 s ago/, { lastReceiptAt: NOW - 301_000 }],
  ['backlog', 'ok', /last receipt 3600 s ago/, { lastReceiptAt: NOW - 3_600_000, backlog: 0 }],
  ['backlog', 'warn', /no receipt since the start/, { lastReceiptAt: null }],
  [
    'time',
    'ok',
    /boot 4, anchored 60 s ago/,
    { time: { bootNumber: 4, anchoredAt: NOW - 60_000, unsyncedMs: null } },
  ],
  [
    'time',
    'warn',
    /boot 4, not synchronised for 90 s/,
    { time: { bootNumber: 4, anchoredAt: null, unsyncedMs: 90_000 } },
  ],
  ['backlog', 'ok', /none delivered/, { lastReceiptAt: null, backlog: 0 }],
  [
    'sht31d-44',
    'fail',
    /stale: no good reply for 40 s/,
    { sensorStates: [{ sensor: 'sht31d-44', fault: FAULT, lastMeasuredAt: NOW, latest: null }] },
  ],
])('%s is %s: %s', (check, verdict, found, change) => {
  const line = agentChecks({ ...WELL, ...change }, NOW).find((result) => result.check === check);
  expect(line).toMatchObject({ verdict, found: expect.stringMatching(found) });
});
