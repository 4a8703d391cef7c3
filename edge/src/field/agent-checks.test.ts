import { expect, test } from 'vitest';
import type { AgentStatus } from '../agent.ts';
import { agentChecks } from './agent-checks.ts';

const NOW = 1_000_000_000;
const WELL: AgentStatus = {
  deviceId: 'BOX-A',
  version: '0.1.0',
  epoch: 'e',
  isConnected: true,
  backlog: 12,
  oldestMeasuredAt: null,
  storedPerDay: null,
  sensors: ['sht31d-44'],
  sensorStates: [{ sensor: 'sht31d-44', fault: null, lastMeasuredAt: NOW, latest: '20.0 °C' }],
  lastReceiptAt: NOW - 30_000,
  clock: 'ntp',
  freeBytes: 1,
};
const FAULT = { reason: 'stale' as const, detail: 'no good reply for 40 s: nack' };

test('an agent that is well has nothing to fix', () => {
  expect(agentChecks(WELL, NOW).map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok']);
});

test.each<[check: string, verdict: string, found: RegExp, change: Partial<AgentStatus>]>([
  ['broker', 'fail', /no connection/, { isConnected: false }],
  ['backlog', 'ok', /last receipt 30 s ago/, {}],
  ['backlog', 'ok', /last receipt 300 s ago/, { lastReceiptAt: NOW - 300_000 }],
  ['backlog', 'warn', /last receipt 301 s ago/, { lastReceiptAt: NOW - 301_000 }],
  ['backlog', 'ok', /last receipt 3600 s ago/, { lastReceiptAt: NOW - 3_600_000, backlog: 0 }],
  ['backlog', 'warn', /no receipt since the start/, { lastReceiptAt: null }],
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
