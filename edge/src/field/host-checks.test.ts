import { readConfig } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { AgentConfig } from '../config.ts';
import { overallVerdict } from './check-result.ts';
import { hostChecks } from './host-checks.ts';
import type { HostFacts } from './station.ts';

const NOW = 10_000_000;
const CONFIG = readConfig(AgentConfig, { DEVICE_ID: 'BOX-A' }, () => '');
const GOOD: HostFacts = {
  dataFolder: { path: '/data', isWritable: true, isOwn: true, freeBytes: 8 * 1024 ** 3 },
  outbox: {
    kind: 'sound',
    epoch: 'e',
    records: 1234,
    kinds: { climate: 1234 },
    firstSeq: 1,
    lastSeq: 1234,
    oldestMeasuredAt: 0,
    lastMeasuredAt: 0,
    lastReceiptAt: null,
    faults: [],
  },
  busFile: { kind: 'i2c', path: '/dev/i2c-1', state: 'usable' },
  bus: { isEnabled: true, baudHz: 400_000 },
  groups: [{ name: 'i2c', isMember: true }],
  radio: [{ name: 'wlan0', levelDbm: -50 }],
  user: 'tech',
  software: { version: '0.1.0', node: '20.19.0' },
  clock: 'ntp',
  synchronisedAt: null,
  reach: { steps: [{ step: 'dns', isOk: true, found: 'an address' }] },
  login: { kind: 'accepted' },
  throttledBits: 0,
};

function lineOf(facts: HostFacts, check: string) {
  const line = hostChecks(facts, CONFIG, NOW).find((result) => result.check === check);
  if (line === undefined) throw new Error(`there is no check ${check}`);
  return line;
}

test('a machine in good order has nothing to fix', () => {
  const results = hostChecks(GOOD, CONFIG, NOW);
  expect(overallVerdict(results)).toBe('ok');
  expect(results.map(({ fix }) => fix)).toEqual(results.map(() => null));
  expect(lineOf(GOOD, 'outbox').found).toBe('sound, 1,234 records without a receipt');
});

const folder = (change: Partial<HostFacts['dataFolder']>) => ({
  dataFolder: { ...GOOD.dataFolder, ...change },
});

const reach = (step: 'dns' | 'tcp' | 'tls') => ({
  reach: { steps: [{ step, isOk: false, found: 'not found' }] },
});

test.each<[check: string, verdict: string, found: RegExp, change: Partial<HostFacts>]>([
  ['data folder', 'fail', /not writable/, folder({ isWritable: false })],
  ['data folder', 'warn', /another user/, folder({ isOwn: false })],
  ['disk space', 'warn', /^1,023 MiB/, folder({ freeBytes: 1024 ** 3 - 1 })],
  ['disk space', 'ok', /^1,024 MiB/, folder({ freeBytes: 1024 ** 3 })],
  ['disk space', 'fail', /^63 MiB/, folder({ freeBytes: 64 * 1024 ** 2 - 1 })],
  ['outbox', 'ok', /not there yet/, { outbox: { kind: 'absent' } }],
  ['outbox', 'skipped', /the agent has it/, { outbox: { kind: 'in-use' } }],
  ['outbox', 'skipped', /user of the agent/, { outbox: { kind: 'not-asked' } }],
  ['outbox', 'fail', /malformed/, { outbox: { kind: 'damaged', reason: 'malformed' } }],
  ['clock', 'ok', /^synchronised$/, {}],
  ['clock', 'ok', /^synchronised, last set 10 min ago$/, { synchronisedAt: NOW - 600_000 }],
  ['clock', 'ok', /battery/, { clock: 'rtc' }],
  ['clock', 'warn', /not synchronised/, { clock: 'none' }],
  ['supply', 'skipped', /no vcgencmd/, { throttledBits: null }],
  ['supply', 'fail', /now/, { throttledBits: 0x50005 }],
  ['supply', 'warn', /since the last boot/, { throttledBits: 0x50000 }],
  ['supply', 'ok', /no under-voltage/, { throttledBits: 0xe0008 & ~0x10000 }],
  ['software', 'fail', /on Node 20\.18\.1/, { software: { version: '0.1.0', node: '20.18.1' } }],
  ['software', 'ok', /on Node 22\.0\.0/, { software: { version: '0.1.0', node: '22.0.0' } }],
  ['radio wlan0', 'warn', /-81 dBm/, { radio: [{ name: 'wlan0', levelDbm: -81 }] }],
  ['broker name', 'fail', /127\.0\.0\.1:1883: not found/, reach('dns')],
  ['broker port', 'fail', /not found/, reach('tcp')],
  ['broker TLS', 'fail', /not found/, reach('tls')],
  ['broker', 'skipped', /cannot be reached/, reach('tcp')],
  [
    'broker',
    'fail',
    /refuses BOX-A: Not authorized/,
    { login: { kind: 'refused', reason: 'Not authorized' } },
  ],
  [
    'broker',
    'fail',
    /does not speak MQTT with us: ECONN/,
    { login: { kind: 'unreachable', reason: 'ECONNREFUSED' } },
  ],
])('%s is %s: %s', (check, verdict, found, change) => {
  const line = lineOf({ ...GOOD, ...change }, check);
  expect(line.verdict).toBe(verdict);
  expect(line.found).toMatch(found);
  expect(line.fix !== null).toBe(verdict === 'fail' || verdict === 'warn');
});

test('the broker is not tried a second time while the agent is logged in', () => {
  expect(hostChecks({ ...GOOD, login: null }, CONFIG, NOW).map(({ check }) => check)).not.toContain('broker');
});
