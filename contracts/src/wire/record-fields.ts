import Type from '#typebox';

/** The range of an ECMAScript time value (ECMA-262, 21.4.1.1): what lies beyond is no date anywhere. */
export const TIME_LIMIT_MS = 8.64e15;

export const Ms = Type.Integer({
  minimum: -TIME_LIMIT_MS,
  maximum: TIME_LIMIT_MS,
  description: 'Milliseconds since the Unix epoch, by the wall clock of the device.',
});
/** What a JSON number and every store keep exactly: a count beyond it would be refused by one store and not by another. */
export const Count = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
export const MonotonicMs = Type.Integer({
  minimum: Number.MIN_SAFE_INTEGER,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Monotonic clock of the boot, ms.',
});
/** A text without U+0000, which PostgreSQL can store in no text. */
export const WITHOUT_NUL = '^[^\\u0000]*$';
export const Seq = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
export const Sensor = Type.String({
  minLength: 1,
  maxLength: 32,
  pattern: WITHOUT_NUL,
  description: 'Chip and address, such as sht31d-44; without U+0000.',
});
export const CalibrationId = Type.Optional(
  Type.String({
    minLength: 1,
    maxLength: 64,
    pattern: WITHOUT_NUL,
    description: 'Names the calibration of the chip; left out where it has none. Without U+0000.',
  }),
);
export const G = Type.Number({
  minimum: 0,
  maximum: 100_000,
  description: 'Standard gravities (9.80665 m/s²), absolute.',
});
