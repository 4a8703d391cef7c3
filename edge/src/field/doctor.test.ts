import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JostleError, readConfig } from '@jostle/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { AgentConfig } from '../config.ts';
import { examine } from './doctor.ts';
import type { HostFacts } from './station.ts';
import { thisMachine } from './this-machine.ts';

/** The checks of a device whose bus cannot be opened; the machine says of the bus what a PC says. */
async function checksWith(busFile: HostFacts['busFile'], env: Record<string, string> = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'jostle-doctor-'));
  onTestFinished(() => rmSync(dataDir, { recursive: true }));
  const config = readConfig(AgentConfig, { DEVICE_ID: 'BOX-A', JOSTLE_DATA_DIR: dataDir, ...env }, () => '');
  const facts: HostFacts = {
    dataFolder: { path: dataDir, isWritable: true, isOwn: true, freeBytes: 1024 ** 4 },
    outbox: { kind: 'absent' },
    busFile,
    bus: { isEnabled: false, baudHz: 100_000 },
    groups: ['i2c', 'gpio', 'dialout'].map((name) => ({ name, isMember: name === 'dialout' })),
    radio: [],
    user: 'tech',
    software: { version: '0.1.0', node: process.versions.node },
    clock: 'ntp',
    synchronisedAt: null,
    reach: { steps: [] },
    login: { kind: 'accepted' },
    throttledBits: null,
  };
  const results = await examine({
    ...thisMachine(config),
    hostFacts: async () => facts,
    openBus: async () => {
      throw new JostleError('EDGE_SENSOR_ABSENT', 'nobody answers');
    },
  });
  return results.filter(({ check }) => ['bus', 'bus speed', 'groups'].includes(check));
}

test('a device with an Arduino is asked for nothing that only a bus of the machine needs', async () => {
  const busFile = { kind: 'serial', path: '/dev/ttyACM0', state: 'usable' } as const;
  const checks = await checksWith(busFile, { BOARD: 'firmata:/dev/ttyACM0', SHOCK_CHIP: 'none' });
  expect(checks).toMatchObject([
    { check: 'bus', verdict: 'ok' },
    { check: 'groups', verdict: 'ok', found: 'dialout' },
  ]);
});

test('a device with a bus of its own is asked for its speed and its group', async () => {
  expect(await checksWith({ kind: 'i2c', path: '/dev/i2c-1', state: 'usable' })).toMatchObject([
    { check: 'bus', verdict: 'ok' },
    { check: 'bus speed', verdict: 'fail' },
    { check: 'groups', verdict: 'warn', found: 'tech is not in i2c' },
  ]);
});
