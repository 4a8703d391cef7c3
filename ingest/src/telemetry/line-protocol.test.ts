import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeLine, type FieldValue, type Line } from './line-protocol.ts';

/** The "encode" half of influxdata/line-protocol-corpus; tests/data/influx-line-protocol/SOURCE.txt. */
const CORPUS = new URL('../../../tests/data/influx-line-protocol/encode_only.json', import.meta.url);

interface Case {
  input: {
    point: {
      time: string;
      name: string;
      tags: { key: string; value: string }[];
      fields: { key: string; value: { float?: number; int?: string; string?: string; bool?: boolean } }[];
    };
  };
  output: { result?: string; error?: string };
}

/** 64-bit integers do not fit a JSON number: they are read as text. */
const cases = Object.entries(
  JSON.parse(readFileSync(CORPUS, 'utf8').replace(/"(time|int)":\s*(-?\d+)/g, '"$1":"$2"')) as Record<
    string,
    Case
  >,
);

function lineOf({ input: { point } }: Case): Line {
  return {
    measurement: point.name,
    tags: point.tags.map(({ key, value }) => [key, value]),
    fields: point.fields.map(({ key, value }): [string, FieldValue] => [
      key,
      value.float ?? value.string ?? value.bool ?? BigInt(value.int ?? ''),
    ]),
    timeNs: BigInt(point.time),
  };
}

/** The corpus writes large floats as Go does; the same number in the notation of JavaScript. */
const sameNotation = (line: string) => line.replace('=6.632243e+06', '=6632243');

describe('line protocol', () => {
  it('has the whole corpus', () => {
    expect(cases).toHaveLength(115);
    expect(cases.filter(([, { output }]) => output.error !== undefined)).toHaveLength(1);
  });

  it.each(cases)('encodes case %s of the corpus', (_, example) => {
    if (example.output.result === undefined) expect(() => encodeLine(lineOf(example))).toThrow(RangeError);
    else expect(encodeLine(lineOf(example))).toBe(sameNotation(example.output.result));
  });

  it.each<[string, Partial<Line>]>([
    ['no field', { fields: [] }],
    ['a number that is not finite', { fields: [['v', Number.NaN]] }],
    ['a line break in a tag', { tags: [['t', 'a\nb']] }],
    ['an empty measurement', { measurement: '' }],
  ])('refuses %s', (_, part) => {
    expect(() => encodeLine({ measurement: 'm', tags: [], fields: [['v', 1]], timeNs: 0n, ...part })).toThrow(
      RangeError,
    );
  });
});
