import { readConfig } from '@jostle/contracts';
import { expect, test } from 'vitest';
import type { AgentStatus } from '../agent-status.ts';
import { AgentConfig } from '../config.ts';
import { RATE_AFTER_MS } from '../record-keeper.ts';
import { agentChecks, noAgentChecks } from './agent-checks.ts';
import { backlogCheck, roomCheck } from './backlog-checks.ts';
import { statusText } from './status-text.ts';

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
  hasBallast: true,
  unstored: 0,
};

const FOLDER = { path: '/data', isWritable: true, isOwn: true, freeBytes: 1024 ** 3 };
const LEFT = {
  kind: 'sound' as const,
  epoch: 'e',
  kinds: {},
  firstSeq: 1,
  lastSeq: 50,
  lastReceiptAt: NOW,
  faults: [],
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
  ['ok', /^1 record without a receipt, the oldest/, 1, NOW],
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

const unsynced = { bootNumber: 4, anchoredAt: null, unsyncedMs: 7_200_000 };
test.each<[verdict: string, found: string, change: Partial<AgentStatus>]>([
  [
    'ok',
    'boot 4, anchored 60 s ago',
    { time: { bootNumber: 4, anchoredAt: NOW - 60_000, unsyncedMs: null } },
  ],
  ['ok', 'no record yet', { time: { bootNumber: null, anchoredAt: null, unsyncedMs: null } }],
  [
    'warn',
    'boot 4, not synchronised for 2 h; records get their time at the next synchronisation',
    { clock: 'none', time: unsynced },
  ],
  [
    'ok',
    'boot 4, not synchronised for 2 h; a battery clock keeps the time',
    { clock: 'rtc', time: unsynced },
  ],
])('the time is %s, and status says the same: %s', (verdict, found, change) => {
  const status = { ...WELL, ...change };
  const line = agentChecks(status, CONFIG).find(({ check }) => check === 'time');
  expect(line).toMatchObject({ verdict, found });
  expect(statusText(status)).toMatch(new RegExp(`^time +${found}$`, 'm'));
});

test.each<[spanMs: number, verdict: string]>([
  [RATE_AFTER_MS, 'ok'],
  [RATE_AFTER_MS - 1, 'skipped'],
])('the records of %d ms that an agent left behind make a rate: %s', (spanMs, verdict) => {
  const outbox = { ...LEFT, records: 50, oldestMeasuredAt: NOW - spanMs, lastMeasuredAt: NOW };
  const room = noAgentChecks({ outbox, dataFolder: FOLDER }, CONFIG, NOW).find(
    ({ check }) => check === 'room',
  );
  expect(room?.verdict).toBe(verdict);
});
