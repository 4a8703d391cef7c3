import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configKeys, ID_PATTERN, LogLevel, type Problem, readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';
import { DEFAULT_TRIGGER } from './detection/index.ts';
import { FIRMATA_PATTERN } from './io/firmata-address.ts';

const ACTIVATIONS = ['instant', 'consecutive', 'accumulative'] as const;

/** Each climate chip at the addresses that its pins can give it. */
const CLIMATE_CHIP = '(sht31d@4[45]|sht4x@4[456]|(si7021|htu21d)@40|tmp117@4[89ab]|bm[ep]280@7[67])';

const DEFAULT_DATA_DIR = './.data';

/** What the agent reads from its environment. */
export const AgentConfig = Type.Object({
  deviceId: Type.String({
    env: 'DEVICE_ID',
    title: 'Id of this device: upper-case letters, digits and hyphens, as it is registered.',
    pattern: ID_PATTERN,
  }),
  deviceToken: Type.Optional(
    Type.String({
      env: 'DEVICE_TOKEN',
      title: 'Token with which the device logs in at the broker.',
      secret: true,
      minLength: 1,
    }),
  ),
  dataDir: Type.String({
    env: 'JOSTLE_DATA_DIR',
    title: 'Folder of the outbox; one agent at a time.',
    default: DEFAULT_DATA_DIR,
    minLength: 1,
  }),
  mqttUrl: Type.String({
    env: 'MQTT_URL',
    title: 'Address of the broker: mqtt://host:port, or mqtts:// with TLS.',
    default: 'mqtt://127.0.0.1:1883',
    pattern: '^mqtts?://[^/\\s]+$',
  }),
  logLevel: LogLevel,
  outboxMaxRecords: Type.Integer({
    env: 'OUTBOX_MAX_RECORDS',
    title: 'Records kept without a receipt before routine ones are dropped, oldest first.',
    default: 500_000,
    minimum: 1_000,
    maximum: 2_000_000,
  }),
  i2cBus: Type.Integer({
    env: 'I2C_BUS',
    title: 'Number n of the bus at /dev/i2c-n.',
    default: 1,
    minimum: 0,
    maximum: 63,
  }),
  board: Type.Optional(
    Type.String({
      env: 'BOARD',
      title:
        'Arduino with StandardFirmata whose bus is used in place of /dev/i2c-n, for climate only: firmata:tcp://host:port or firmata:/dev/ttyACM0.',
      pattern: FIRMATA_PATTERN,
    }),
  ),
  shockChip: Type.String({
    env: 'SHOCK_CHIP',
    title: 'Shock recorder as chip@address in hex, or none. Chips: adxl375, adxl372, adxl345, lis3dh.',
    default: 'adxl375@53',
    pattern: '^(none|adxl3(75|72|45)@(1d|53)|lis3dh@1[89])$',
  }),
  shockRateHz: Type.Optional(
    Type.Integer({
      env: 'SHOCK_RATE_HZ',
      title: 'Samples per second of an adxl372: 1600, or 3200 for pulses under 3 ms. Others have one rate.',
      enum: [1600, 3200],
    }),
  ),
  shockInterruptLine: Type.Optional(
    Type.String({
      env: 'SHOCK_INT_LINE',
      title: 'Name of the GPIO line that INT1 of the shock chip is wired to, such as GPIO17.',
      pattern: '^[A-Za-z0-9][A-Za-z0-9_.:-]{0,63}$',
    }),
  ),
  tiltChip: Type.String({
    env: 'TILT_CHIP',
    title:
      'Second accelerometer, for tilt, as chip@address in hex, or none: a shock chip of ±16 g tells it too.',
    default: 'none',
    pattern: '^(none|adxl345@(1d|53)|lis3dh@1[89])$',
  }),
  shockTriggerG: Type.Number({
    env: 'SHOCK_TRIGGER_G',
    title: 'Departure from rest that opens a shock event, g.',
    default: DEFAULT_TRIGGER.triggerG,
    exclusiveMinimum: 1,
    maximum: 200,
  }),
  shockMinPeakG: Type.Number({
    env: 'SHOCK_MIN_PEAK_G',
    title: 'Smallest peak of a shock event that is stored, g.',
    default: DEFAULT_TRIGGER.storage.minPeakG,
    minimum: 0,
    maximum: 200,
  }),
  shockMinVelocityChangeMps: Type.Number({
    env: 'SHOCK_MIN_VELOCITY_CHANGE_MPS',
    title: 'Smallest velocity change of a shock event that is stored, m/s.',
    default: DEFAULT_TRIGGER.storage.minVelocityChangeMps,
    minimum: 0,
    maximum: 50,
  }),
  shockMinDurationMs: Type.Number({
    env: 'SHOCK_MIN_DURATION_MS',
    title: 'Shortest pulse that is stored, ms.',
    default: DEFAULT_TRIGGER.storage.minDurationMs,
    minimum: 0,
    maximum: 1000,
  }),
  climateChips: Type.String({
    env: 'CLIMATE_CHIPS',
    title:
      'Climate chips as chip@address in hex with commas between, or none. Chips: sht31d, sht4x, si7021, htu21d, tmp117, bme280, bmp280.',
    default: 'sht31d@44,bme280@76',
    pattern: `^(none|${CLIMATE_CHIP}(,${CLIMATE_CHIP}){0,3})$`,
  }),
  climateIntervalMs: Type.Integer({
    env: 'CLIMATE_INTERVAL_MS',
    title: 'Time between two climate readings, ms.',
    default: 10_000,
    minimum: 1_000,
    maximum: 600_000,
  }),
  temperatureMinC: Type.Optional(
    Type.Number({ env: 'TEMPERATURE_MIN_C', title: 'Lower limit, °C.', minimum: -100, maximum: 200 }),
  ),
  temperatureMaxC: Type.Optional(
    Type.Number({ env: 'TEMPERATURE_MAX_C', title: 'Upper limit, °C.', minimum: -100, maximum: 200 }),
  ),
  humidityMinPct: Type.Optional(
    Type.Number({ env: 'HUMIDITY_MIN_PCT', title: 'Lower limit, %RH.', minimum: 0, maximum: 100 }),
  ),
  humidityMaxPct: Type.Optional(
    Type.Number({ env: 'HUMIDITY_MAX_PCT', title: 'Upper limit, %RH.', minimum: 0, maximum: 100 }),
  ),
  climateActivation: Type.Enum(ACTIVATIONS, {
    env: 'CLIMATE_LIMIT_ACTIVATION',
    title: 'How time beyond a limit adds up: instant, consecutive or accumulative.',
    default: 'instant',
  }),
  climateLimitAfterMs: Type.Integer({
    env: 'CLIMATE_LIMIT_AFTER_MS',
    title: 'Time beyond a limit before it counts as an excursion, ms.',
    default: 0,
    minimum: 0,
    maximum: 86_400_000,
  }),
});
export type AgentConfig = Static<typeof AgentConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once */
export function readAgentConfig(): AgentConfig {
  return readConfig(AgentConfig, process.env, (path) => readFileSync(path, 'utf8'), agentRules);
}

/** What must hold between the keys of the agent. */
export function agentRules(values: Partial<AgentConfig>): Problem[] {
  return [
    ...limitsInOrder(values),
    ...shockChipFits(values),
    ...noFifoOverFirmata(values),
    ...addressesDiffer(values),
  ];
}

/**
 * A FIFO that cannot be drained in time loses most of its samples, and with them the shocks. A register that gives the
 * next sample at each reading cannot be read twice to be sure either, so that there is no tilt on that way.
 */
function noFifoOverFirmata({ board, shockChip, tiltChip }: Partial<AgentConfig>): Problem[] {
  if (board === undefined) return [];
  const reasons = {
    SHOCK_CHIP:
      'must be none with BOARD: an Arduino carries about 300 reads/s over 57,600 baud, and a FIFO of 32 samples at 800 Hz needs more than 800; wire the shock recorder to the machine',
    TILT_CHIP:
      'must be none with BOARD: each reading over an Arduino is made twice to be sure of it, and a FIFO gives another sample the second time; wire the chip to the machine',
  };
  const chips = { SHOCK_CHIP: shockChip, TILT_CHIP: tiltChip };
  return (['SHOCK_CHIP', 'TILT_CHIP'] as const)
    .filter((at) => chips[at] !== 'none')
    .map((at) => ({ code: 'CONFIG_INVALID', at, message: reasons[at] }));
}

/** A rate is for the chip that has one to choose, an interrupt for one that is there. */
function shockChipFits({ shockChip = '', shockRateHz, shockInterruptLine }: Partial<AgentConfig>): Problem[] {
  const problems: Problem[] = [];
  const complain = (at: string, message: string) => problems.push({ code: 'CONFIG_INVALID', at, message });
  if (shockRateHz !== undefined && !shockChip.startsWith('adxl372'))
    complain('SHOCK_RATE_HZ', `must be left out: ${shockChip} has no choice of rates`);
  if (shockInterruptLine !== undefined && shockChip === 'none')
    complain('SHOCK_INT_LINE', 'must be left out: there is no shock chip');
  return problems;
}

/**
 * The configuration of a simulated device: the defaults. Of the environment only the data folder and the log level
 * count, and it has a folder of its own in there: neither the identity nor the outbox of a real device is touched.
 *
 * @throws JostleError CONFIG_INVALID naming every wrong key at once
 */
export function readSimulatedConfig(journey: string): AgentConfig {
  const { JOSTLE_DATA_DIR = DEFAULT_DATA_DIR, LOG_LEVEL } = process.env;
  const env = { DEVICE_ID: 'SIM-1', JOSTLE_DATA_DIR: join(JOSTLE_DATA_DIR, `sim-${journey}`), LOG_LEVEL };
  return readConfig(AgentConfig, env, () => '');
}

/** Every secret that the environment holds or names a file of, whether or not the rest of it is in order. */
export function readAgentSecrets(): string[] {
  return configKeys(AgentConfig)
    .filter(([, key]) => key.secret)
    .flatMap(([, { env }]) => [process.env[env], fileText(process.env[`${env}_FILE`])])
    .flatMap((secret) => (secret === undefined || secret === '' ? [] : [secret]));
}

function fileText(path: string | undefined): string | undefined {
  try {
    return path === undefined ? undefined : readFileSync(path, 'utf8').trim();
  } catch {
    return undefined;
  }
}

/** Two chips of one bus need two addresses. */
function addressesDiffer({
  shockChip = 'none',
  tiltChip = 'none',
  climateChips = 'none',
}: Partial<AgentConfig>): Problem[] {
  const chips = [
    { at: 'SHOCK_CHIP', chip: shockChip },
    { at: 'TILT_CHIP', chip: tiltChip },
    ...climateChips.split(',').map((chip) => ({ at: 'CLIMATE_CHIPS', chip })),
  ];
  const addressOf = (chip: string) => chip.split('@')[1];
  return chips.flatMap(({ at, chip }, i) => {
    const first = chips.slice(0, i).find((other) => addressOf(other.chip) === addressOf(chip));
    if (addressOf(chip) === undefined || first === undefined) return [];
    return [
      { code: 'CONFIG_INVALID', at, message: `${chip} has the address of ${first.chip}: move one of them` },
    ];
  });
}

/** A lower limit lies below the upper one: otherwise every value would be an excursion. */
function limitsInOrder(values: Partial<AgentConfig>): Problem[] {
  const { temperatureMinC, temperatureMaxC, humidityMinPct, humidityMaxPct } = values;
  const pairs = [
    { env: 'TEMPERATURE_MIN_C', low: temperatureMinC, high: temperatureMaxC },
    { env: 'HUMIDITY_MIN_PCT', low: humidityMinPct, high: humidityMaxPct },
  ];
  return pairs
    .filter(({ low, high }) => low !== undefined && high !== undefined && low >= high)
    .map(({ env, low, high }) => ({
      code: 'CONFIG_INVALID',
      at: env,
      message: `must be below the upper limit (${low} is not below ${high})`,
    }));
}
