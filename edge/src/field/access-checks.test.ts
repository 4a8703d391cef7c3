import { expect, test } from 'vitest';
import { DEFAULT_SENSING, type SensingConfig, type ShockChip } from '../sensing/sensing-config.ts';
import { accessChecks } from './access-checks.ts';
import type { HostFacts } from './station.ts';

const WITHOUT_SHOCK: SensingConfig = { ...DEFAULT_SENSING, shock: null };
const withShock = (change: Partial<ShockChip>): SensingConfig => {
  if (DEFAULT_SENSING.shock === null) throw new Error('the recommended kit has a shock recorder');
  return { ...DEFAULT_SENSING, shock: { ...DEFAULT_SENSING.shock, ...change } };
};

type Facts = Parameters<typeof accessChecks>[0];
const FACTS: Facts = {
  busFile: { kind: 'i2c', path: '/dev/i2c-1', state: 'usable' },
  bus: { isEnabled: true, baudHz: 400_000 },
  groups: ['i2c', 'gpio', 'dialout'].map((name) => ({ name, isMember: true })),
  user: 'tech',
};
const fileOf = (
  kind: HostFacts['busFile']['kind'],
  state: HostFacts['busFile']['state'] = 'usable',
): Pick<Facts, 'busFile'> => ({ busFile: { kind, path: '/dev/bus', state } });

function lineOf(check: string, facts: Partial<Facts>, sensors: SensingConfig = DEFAULT_SENSING) {
  return accessChecks({ ...FACTS, ...facts }, sensors).find((line) => line.check === check);
}

test.each([
  ['i2c', 'usable', 'ok', undefined],
  ['i2c', 'absent', 'fail', /i2c_arm=on/],
  ['i2c', 'denied', 'fail', /group i2c/],
  ['serial', 'usable', 'ok', undefined],
  ['serial', 'absent', 'fail', /Plug in the Arduino/],
  ['serial', 'denied', 'fail', /group dialout/],
  ['network', 'usable', 'skipped', undefined],
] as const)('a bus on %s that is %s is %s', (kind, state, verdict, fix) => {
  const line = lineOf('bus', fileOf(kind, state));
  expect(line?.verdict).toBe(verdict);
  if (fix !== undefined) expect(line).toMatchObject({ fix: expect.stringMatching(fix) });
});

const SLOW = { isEnabled: true, baudHz: 100_000 };
test.each<[verdict: string, found: string, bus: Facts['bus'], sensors: SensingConfig]>([
  ['ok', '400 kHz', { isEnabled: true, baudHz: 400_000 }, DEFAULT_SENSING],
  ['warn', '100 kHz: too slow for 800 samples a second', SLOW, DEFAULT_SENSING],
  [
    'warn',
    '100 kHz: too slow for 1,344 samples a second',
    SLOW,
    withShock({ chip: 'lis3dh', address: 0x18 }),
  ],
  [
    'warn',
    '100 kHz: too slow for 3,200 samples a second',
    SLOW,
    withShock({ chip: 'adxl372', rateHz: 3200 }),
  ],
  ['ok', '100 kHz', SLOW, WITHOUT_SHOCK],
  ['fail', 'I2C is switched off', { isEnabled: false, baudHz: 400_000 }, DEFAULT_SENSING],
  ['skipped', 'this machine does not say', { isEnabled: null, baudHz: null }, DEFAULT_SENSING],
])('the bus speed is %s: %s', (verdict, found, bus, sensors) => {
  expect(lineOf('bus speed', { bus }, sensors)).toMatchObject({ verdict, found });
});

test.each<[kind: HostFacts['busFile']['kind'], groups: string | undefined, sensors: SensingConfig]>([
  ['i2c', 'i2c', DEFAULT_SENSING],
  ['i2c', 'i2c, gpio', withShock({ interruptLine: 'GPIO25' })],
  ['serial', 'dialout', WITHOUT_SHOCK],
  ['network', undefined, WITHOUT_SHOCK],
])('on %s the user is asked for the groups %s', (kind, groups, sensors) => {
  expect(lineOf('groups', fileOf(kind), sensors)?.found).toBe(groups);
});

test.each(['serial', 'network'] as const)(
  'an Arduino on %s has no bus speed, whatever the machine',
  (kind) => {
    const facts = { ...fileOf(kind), bus: { isEnabled: false, baudHz: 100_000 } };
    expect(lineOf('bus speed', facts, WITHOUT_SHOCK)).toBeUndefined();
  },
);

test('a group that the user is not in is named, with the command that mends it', () => {
  const groups = FACTS.groups.map(({ name }) => ({ name, isMember: false }));
  expect(lineOf('groups', { groups })).toMatchObject({
    verdict: 'warn',
    found: 'tech is not in i2c',
    fix: expect.stringContaining('sudo usermod -aG i2c tech'),
  });
  expect(lineOf('groups', { groups: [] })?.verdict).toBe('skipped');
});
