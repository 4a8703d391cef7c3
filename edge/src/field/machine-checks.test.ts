import { expect, test } from 'vitest';
import { busSpeedCheck, groupsCheck } from './machine-checks.ts';

test.each([
  ['ok', '400 kHz', { isEnabled: true, baudHz: 400_000 }, true],
  ['warn', '100 kHz: too slow for 800 samples a second', { isEnabled: true, baudHz: 100_000 }, true],
  ['ok', '100 kHz', { isEnabled: true, baudHz: 100_000 }, false],
  ['fail', 'I2C is switched off', { isEnabled: false, baudHz: 400_000 }, true],
  ['skipped', 'this machine does not say', { isEnabled: null, baudHz: null }, true],
])('the bus speed is %s: %s', (verdict, found, bus, hasShock) => {
  expect(busSpeedCheck(bus, hasShock)).toMatchObject({ verdict, found });
});

test('a group that the user is not in is named, with the command that mends it', () => {
  const groups = [
    { name: 'i2c', isMember: false },
    { name: 'gpio', isMember: true },
  ];
  expect(groupsCheck(groups, 'tech')).toMatchObject({
    verdict: 'warn',
    found: 'tech is not in i2c',
    fix: expect.stringContaining('sudo usermod -aG i2c tech'),
  });
  expect(groupsCheck(groups.slice(1), 'tech')).toMatchObject({ verdict: 'ok', found: 'gpio' });
  expect(groupsCheck([], 'root').verdict).toBe('skipped');
});
