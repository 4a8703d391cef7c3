import Type from '#typebox';

/** The range of an ECMAScript time value (ECMA-262, 21.4.1.1): what lies beyond is no date anywhere. */
export const TIME_LIMIT_MS = 8.64e15;

export const Ms = Type.Integer({
  minimum: -TIME_LIMIT_MS,
  maximum: TIME_LIMIT_MS,
  description: 'Milliseconds since the Unix epoch, by the wall clock of the device.',
});
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Sensor = Type.String({
  minLength: 1,
  maxLength: 32,
  description: 'Chip and address, such as sht31d-44.',
});
export const CalibrationId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    description: 'Names the calibration of the chip; left out where it has none.',
  }),
);
export const G = Type.Number({
  minimum: 0,
  maximum: 100_000,
  description: 'Standard gravities (9.80665 m/s²), absolute.',
});
