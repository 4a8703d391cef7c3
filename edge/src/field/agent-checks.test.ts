import { readConfig } from '@jostle/contracts';
import { expect, test } from 'vitest';
import type { AgentStatus } from '../agent-status.ts';
import { AgentConfig } from '../config.ts';
import { agentChecks } from './agent-checks.ts';
import { backlogCheck, roomCheck } from './backlog-checks.ts';

const NOW = 1_000_000_000;
const CONFIG = readConfig(AgentConfig, { DEVICE_ID: 'BOX-A' }, () => '');
const WELL: AgentStatus = {
  deviceId: 'BOX-A',
  version: '0.1.0',
  wallMs: NOW,
  epoch: 'e',
  isConnected: true,
  backlog: 12,
  oldestMeasuredAt: NOW - 60_000,
  storedPerDay: 18_720,
  sensors: ['sht31d-44'],
  sensorStates: [{ sensor: 'sht31d-44', fault: null, lastMeasuredAt: NOW, latest: '20.0 °C' }],
  lastReceiptAt: NOW - 30_000,
  clock: 'ntp',
  time: { bootNumber: 1, anchoredAt: 0, unsyncedMs: null },
  freeBytes: 1024 ** 3,
};

test('an agent that is well has nothing to fix', () => {
  const checks = agentChecks(WELL, CONFIG);
  expect(checks.map(({ verdict }) => verdict)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  expect(checks.map(({ fix }) => fix)).toEqual([null, null, null, null, null]);
});

test('an agent without a connection fails', () => {
  expect(agentChecks({ ...WELL, isConnected: false }, CONFIG)).toContainEqual(
    expect.objectContaining({ check: 'broker', verdict: 'fail', found: 'the agent has no connection' }),
  );
});

test.each<[verdict: string, found: RegExp, records: number, lastReceiptAt: number | null]>([
  ['ok', /^12 records .*the oldest measured 60 s ago; last receipt 30 s ago$/, 12, NOW - 30_000],
  ['ok', /last receipt 5 min ago/, 12, NOW - 300_000],
  ['warn', /last receipt 5 min ago/, 12, NOW - 301_000],
  ['ok', /^0 records without a receipt; last receipt 60 min ago/, 0, NOW - 3_600_000],
  ['warn', /no receipt ever/, 12, null],
  ['ok', /none delivered yet/, 0, null],
])('the backlog is %s: %s', (verdict, found, records, lastReceiptAt) => {
  const backlog = { records, oldestMeasuredAt: NOW - 60_000, lastReceiptAt };
  expect(backlogCheck(backlog, NOW)).toMatchObject({ verdict, found: expect.stringMatching(found) });
});

test.each<[verdict: string, found: RegExp, perDay: number | null, backlog: number, freeBytes: number]>([
  ['ok', /^for 26 days without a network, at 18,720 records a day$/, 18_720, 0, 1024 ** 4],
  ['ok', /^for 4\.0 days/, 18_720, 425_120, 1024 ** 4],
  ['warn', /^for 0\.2 days/, 18_720, 0, 1_500_000],
  ['warn', /^for 0\.0 days/, 18_720, 600_000, 1024 ** 4],
  ['skipped', /after some minutes/, null, 0, 1024 ** 4],
])('the room is %s: %s', (verdict, found, perDay, backlog, freeBytes) => {
  expect(roomCheck(perDay, backlog, freeBytes, 500_000)).toMatchObject({
    verdict,
    found: expect.stringMatching(found),
  });
});

test.each<[verdict: string, found: RegExp, time: AgentStatus['time']]>([
  ['ok', /^boot 4, anchored 60 s ago$/, { bootNumber: 4, anchoredAt: NOW - 60_000, unsyncedMs: null }],
  ['warn', /^boot 4, not synchronised for 90 s$/, { bootNumber: 4, anchoredAt: null, unsyncedMs: 90_000 }],
])('the time is %s: %s', (verdict, found, time) => {
  const line = agentChecks({ ...WELL, time }, CONFIG).find(({ check }) => check === 'time');
  expect(line).toMatchObject({ verdict, found: expect.stringMatching(found) });
});
