import { isJostleError } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { openLinuxI2c } from './linux-i2c.ts';

it('names the bus and the remedy when the machine does not have it', async () => {
  const error = await openLinuxI2c(253).catch((e: unknown) => e);
  expect(isJostleError(error, 'EDGE_SENSOR_ABSENT')).toBe(true);
  expect(String(error)).toContain('/dev/i2c-253');
  expect(String(error)).toContain('dtparam=i2c_arm=on');
});
