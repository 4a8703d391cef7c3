import Type, { type Static } from '@jostle/contracts/typebox';
import { Calibration, UNCALIBRATED } from '../calibration/calibration.ts';
import { DEFAULT_TRIGGER } from '../detection/index.ts';

const Address = Type.Integer({ minimum: 0x08, maximum: 0x77, title: '7-bit I2C address' });
const Duration = Type.Integer({ minimum: 0, title: 'Time beyond the limit before it counts, ms' });

/** One climate chip that johnny-five drives. */
export const ClimateChip = Type.Object(
  {
    chip: Type.Union([
      Type.Literal('sht31d'),
      Type.Literal('bme280'),
      Type.Literal('bmp280'),
      Type.Literal('si7021'),
      Type.Literal('htu21d'),
      Type.Literal('sht4x'),
      Type.Literal('tmp117'),
    ]),
    address: Address,
  },
  { additionalProperties: false },
);

/** The shock recorder. A high-g part has a zero offset of a g or more, so that it is measured and taken off here. */
export const ShockChip = Type.Object(
  {
    chip: Type.Union([
      Type.Literal('adxl375'),
      Type.Literal('adxl372'),
      Type.Literal('adxl345'),
      Type.Literal('lis3dh'),
    ]),
    address: Address,
    rateHz: Type.Optional(
      Type.Union([Type.Literal(1600), Type.Literal(3200)], {
        title: 'Samples per second of a chip that has a choice, the ADXL372; left out: 1600',
      }),
    ),
    interruptLine: Type.Optional(
      Type.String({
        minLength: 1,
        title: 'GPIO line, by name, that the chip raises; left out: none is wired',
      }),
    ),
    calibration: Calibration,
    triggerG: Type.Number({ exclusiveMinimum: 1, maximum: 200, title: 'Resultant that opens an event, g' }),
    storage: Type.Object(
      {
        minPeakG: Type.Number({ minimum: 0, maximum: 200, title: 'Smallest peak, g' }),
        minVelocityChangeMps: Type.Number({
          minimum: 0,
          maximum: 50,
          title: 'Smallest velocity change, m/s',
        }),
        minDurationMs: Type.Number({ minimum: 0, maximum: 1000, title: 'Shortest pulse, ms' }),
      },
      { additionalProperties: false, title: 'What an event must reach to be stored; all three must hold' },
    ),
  },
  { additionalProperties: false },
);

/** A second accelerometer, of ±16 g, that tells how the parcel lies. */
export const TiltChip = Type.Object(
  {
    chip: Type.Union([Type.Literal('adxl345'), Type.Literal('lis3dh')]),
    address: Address,
    calibration: Calibration,
  },
  { additionalProperties: false },
);

/** A climate limit that every climate chip is held against; the limit itself already counts as beyond. */
export const ClimateLimit = Type.Object(
  {
    quantity: Type.Union([Type.Literal('temperature'), Type.Literal('humidity')]),
    side: Type.Union([Type.Literal('above'), Type.Literal('below')]),
    limit: Type.Number({ minimum: -100, maximum: 200, title: '°C or %RH' }),
    activation: Type.Union([
      Type.Object({ kind: Type.Literal('instant') }, { additionalProperties: false }),
      Type.Object({ kind: Type.Literal('consecutive'), ms: Duration }, { additionalProperties: false }),
      Type.Object({ kind: Type.Literal('accumulative'), ms: Duration }, { additionalProperties: false }),
    ]),
  },
  { additionalProperties: false },
);

/** Which chips are on the bus and how they are watched. Plain JSON, so that a worker can be started with it. */
export const SensingConfig = Type.Object(
  {
    shock: Type.Union([ShockChip, Type.Null()]),
    tilt: Type.Union([TiltChip, Type.Null()], {
      title: 'Null: a shock chip of ±16 g tells the tilt itself, a high-g one cannot',
    }),
    climate: Type.Array(ClimateChip, { maxItems: 8 }),
    climateIntervalMs: Type.Integer({ minimum: 1000, maximum: 600_000 }),
    climateLimits: Type.Array(ClimateLimit, { maxItems: 16 }),
  },
  { additionalProperties: false },
);

export type ClimateChip = Static<typeof ClimateChip>;
export type ShockChip = Static<typeof ShockChip>;
export type TiltChip = Static<typeof TiltChip>;
export type ClimateLimit = Static<typeof ClimateLimit>;
export type SensingConfig = Static<typeof SensingConfig>;

/**
 * The recommended kit: an SHT31 as the temperature of record, a BME280 for pressure, an ADXL375 for shock, a climate
 * reading every 10 s and no limits.
 */
export const DEFAULT_SENSING: SensingConfig = {
  shock: {
    chip: 'adxl375',
    address: 0x53,
    calibration: UNCALIBRATED,
    ...DEFAULT_TRIGGER,
  },
  tilt: null,
  climate: [
    { chip: 'sht31d', address: 0x44 },
    { chip: 'bme280', address: 0x76 },
  ],
  climateIntervalMs: 10_000,
  climateLimits: [],
};
