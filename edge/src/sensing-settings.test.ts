import { readConfig } from '@jostle/contracts';
import { Compile } from '@jostle/contracts/typebox';
import { expect, test } from 'vitest';
import { UNCALIBRATED } from './calibration/calibration.ts';
import { NO_CALIBRATIONS, withCalibration } from './calibration/calibration-history.ts';
import { AgentConfig, agentRules } from './config.ts';
import { DEFAULT_SENSING, SensingConfig } from './sensing/index.ts';
import { sensingOf } from './sensing-settings.ts';

const noFile = () => {
  throw new RangeError('no file');
};
const configOf = (env: Record<string, string>) =>
  readConfig(AgentConfig, { DEVICE_ID: 'BOX-A', ...env }, noFile, agentRules);
const isSensingConfig = Compile(SensingConfig);

test('the defaults are the recommended kit', () => {
  expect(sensingOf(configOf({}))).toEqual(DEFAULT_SENSING);
});

test('chips and limits of the environment reach the hardware worker', () => {
  const sensing = sensingOf(
    configOf({
      SHOCK_CHIP: 'adxl375@1d',
      CLIMATE_CHIPS: 'bme280@77',
      TEMPERATURE_MAX_C: '30',
      HUMIDITY_MIN_PCT: '20',
      CLIMATE_LIMIT_ACTIVATION: 'consecutive',
      CLIMATE_LIMIT_AFTER_MS: '60000',
    }),
  );
  expect(isSensingConfig.Check(sensing)).toBe(true);
  expect(sensing.shock).toMatchObject({ address: 0x1d });
  expect(sensing.climate).toEqual([{ chip: 'bme280', address: 0x77 }]);
  const activation = { kind: 'consecutive', ms: 60_000 };
  expect(sensing.climateLimits).toEqual([
    { quantity: 'temperature', side: 'above', limit: 30, activation },
    { quantity: 'humidity', side: 'below', limit: 20, activation },
  ]);
});

test('every climate chip is known, at the addresses that it can have', () => {
  const chips = 'sht4x@46,si7021@40,tmp117@4b,bmp280@77';
  const sensing = sensingOf(configOf({ CLIMATE_CHIPS: chips }));
  expect(isSensingConfig.Check(sensing)).toBe(true);
  expect(sensing.climate.map((c) => c.chip)).toEqual(['sht4x', 'si7021', 'tmp117', 'bmp280']);
  expect(configOf({ CLIMATE_CHIPS: 'htu21d@40' }).climateChips).toBe('htu21d@40');
});

test('the shock chip takes the calibration of its own name, and none of another', () => {
  const values = { ...UNCALIBRATED, offsetG: { x: 0.7, y: -1.1, z: 0.4 } };
  const { history, entry } = withCalibration(
    NO_CALIBRATIONS,
    'adxl375-53',
    { kind: 'fitted', values, residuals: { spreadG: 0.01, normErrorG: null, tiltDeg: null } },
    { madeAt: 0, how: 'at-rest', temperatureC: null },
  );
  expect(sensingOf(configOf({}), history).shock?.calibration).toEqual(entry.calibration);
  const other = sensingOf(configOf({ SHOCK_CHIP: 'adxl375@1d' }), history);
  expect(other.shock?.calibration).toEqual(UNCALIBRATED);
});

test.each([
  ['adxl345@1d', { chip: 'adxl345', address: 0x1d }],
  ['lis3dh@19', { chip: 'lis3dh', address: 0x19 }],
  ['adxl372@53', { chip: 'adxl372', address: 0x53 }],
])('the shock chip may be %s', (value, expected) => {
  const sensing = sensingOf(configOf({ SHOCK_CHIP: value }));
  expect(isSensingConfig.Check(sensing)).toBe(true);
  expect(sensing.shock).toMatchObject(expected);
});

test.each([
  [{ CLIMATE_CHIPS: 'sht31d@44,sht4x@44' }, 'CLIMATE_CHIPS: sht4x@44 has the address of sht31d@44'],
  [{ TILT_CHIP: 'adxl345@53' }, 'TILT_CHIP: adxl345@53 has the address of adxl375@53'],
])('two chips at one address are refused: %o', (env, message) => {
  const config = () => configOf({ ...env });
  expect(config).toThrow(expect.objectContaining({ message: expect.stringContaining(message) }));
});

test('rate, interrupt line and tilt chip reach the hardware worker', () => {
  const env = { SHOCK_CHIP: 'adxl372@53', SHOCK_RATE_HZ: '3200', SHOCK_INT_LINE: 'GPIO17' };
  const sensing = sensingOf(configOf({ ...env, TILT_CHIP: 'lis3dh@18' }));
  expect(isSensingConfig.Check(sensing)).toBe(true);
  expect(sensing.shock).toMatchObject({ rateHz: 3200, interruptLine: 'GPIO17' });
  expect(sensing.tilt).toMatchObject({ chip: 'lis3dh', address: 0x18 });
});

test('a rate that the ADXL372 does not have is refused', () => {
  expect(() => configOf({ SHOCK_CHIP: 'adxl372@53', SHOCK_RATE_HZ: '800' })).toThrow('SHOCK_RATE_HZ');
});

test('an interrupt line without a shock chip is refused', () => {
  expect(() => configOf({ SHOCK_CHIP: 'none', SHOCK_INT_LINE: 'GPIO17' })).toThrow('SHOCK_INT_LINE');
});

test('a device without sensors is possible', () => {
  const sensing = sensingOf(configOf({ SHOCK_CHIP: 'none', CLIMATE_CHIPS: 'none' }));
  expect([sensing.shock, sensing.climate]).toEqual([null, []]);
});

test.each([
  ['DEVICE_ID', 'box a'],
  ['MQTT_URL', 'http://broker'],
  ['SHOCK_CHIP', 'adxl345@18'],
  ['SHOCK_CHIP', 'lis3dh@53'],
  ['SHOCK_RATE_HZ', '800'],
  ['SHOCK_RATE_HZ', '3200'],
  ['SHOCK_INT_LINE', '--help'],
  ['TILT_CHIP', 'adxl375@1d'],
  ['TILT_CHIP', 'adxl345@53'],
  ['CLIMATE_CHIPS', 'sht31d@44;bme280@76'],
  ['CLIMATE_CHIPS', 'si7021@41'],
  ['CLIMATE_CHIPS', 'dht22@40'],
  ['CLIMATE_INTERVAL_MS', '10'],
  ['LOG_LEVEL', 'loud'],
])('%s=%s is refused by name', (key, value) => {
  expect(() => configOf({ [key]: value })).toThrow(
    expect.objectContaining({ message: expect.stringContaining(key) }),
  );
});
