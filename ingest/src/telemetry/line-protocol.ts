/** A field: a number is written as a float, a bigint as an integer. One name keeps one type for ever. */
export type FieldValue = number | bigint | boolean | string;

export interface Line {
  measurement: string;
  tags: readonly (readonly [key: string, value: string])[];
  fields: readonly (readonly [key: string, value: FieldValue])[];
  timeNs: bigint;
}

/**
 * One line of InfluxDB's line protocol, with its time in nanoseconds.
 *
 * @throws RangeError where the format has no way to write it: no field, an empty name or tag, a number that is
 *   not finite, a line break outside a text field
 */
export function encodeLine({ measurement, tags, fields, timeNs }: Line): string {
  if (fields.length === 0) throw new RangeError('a point needs at least one field');
  const series = [
    escaped(measurement, /[, ]/g),
    ...tags.map(([key, value]) => `${escapedName(key)}=${escapedName(value)}`),
  ];
  const values = fields.map(([key, value]) => `${escapedName(key)}=${fieldText(value)}`);
  return `${series.join(',')} ${values.join(',')} ${timeNs}`;
}

/** A key or a tag as it stands in a line. @throws RangeError where it is empty or has a line break */
export function escapedName(text: string): string {
  return escaped(text, /[,= ]/g);
}

function escaped(text: string, special: RegExp): string {
  if (text === '' || /[\n\r]/.test(text))
    throw new RangeError(`${JSON.stringify(text)} cannot stand in a line outside of a text field`);
  return text.replace(special, '\\$&');
}

function fieldText(value: FieldValue): string {
  if (typeof value === 'string') return `"${value.replace(/["\\]/g, '\\$&')}"`;
  if (typeof value === 'bigint') return `${value}i`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`${value} is not a value`);
  return String(value);
}
