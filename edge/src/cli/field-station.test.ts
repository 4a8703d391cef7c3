import { expect, test } from 'vitest';
import { simulationNotice } from './field-station.ts';

test('a real station needs no notice', () => {
  expect(simulationNotice(null)).toBe('');
  expect(simulationNotice(null, true)).toBe('');
});

test('a simulated station says what is made up, and beside a running agent what is not', () => {
  expect(simulationNotice('demo')).toBe(
    'SIMULATED, journey demo: sensors, supply, disk and broker are made up.\n\n',
  );
  const beside = simulationNotice('demo', true);
  expect(beside).toMatch(/^SIMULATED, journey demo: of the running agent only the sensors are simulated;/);
  expect(beside).toContain('facts of the machine are made up');
  expect(beside).not.toContain('broker');
});
