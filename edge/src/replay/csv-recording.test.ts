import { isJostleError } from '@jostle/contracts';
import { describe, expect, test } from 'vitest';
import { parseRecording } from './csv-recording.ts';
import type { ColumnChoice } from './recording.ts';

const rows = (make: (i: number) => string, count = 12) =>
  Array.from({ length: count }, (_, i) => make(i)).join('\n');
const ENDAQ_HEADER = 'time_s,x_g,y_g,z_g';
const chosen = (unit: ColumnChoice['unit'], ...columns: ColumnChoice['columns']): ColumnChoice => ({
  columns,
  unit,
});

describe('columns', () => {
  test('of an enDAQ export are recognised and are in g', () => {
    const recording = parseRecording(`${ENDAQ_HEADER}\n${rows((i) => `${i / 100},0.5,-2,${i}`)}\n`, null);
    expect(recording.format).toBe('enDAQ');
    expect([...recording.xyz.subarray(9, 12)]).toEqual([0.5, -2, 3]);
    expect(recording.timesS[3]).toBe(0.03);
  });

  test('of a phyphox export are recognised wherever they stand and turned into g', () => {
    const header =
      '"Time (s)","Absolute acceleration (m/s^2)","Acceleration x (m/s^2)","Acceleration y (m/s^2)","Acceleration z (m/s^2)"';
    const recording = parseRecording(`${header}\n${rows((i) => `${i}E-2,7,0,-1.96133E1,9.80665`)}\n`, null);
    expect(recording.format).toBe('phyphox');
    expect(recording.xyz[1]).toBeCloseTo(-2, 6);
    expect(recording.xyz[2]).toBeCloseTo(1, 6);
  });

  test('are chosen by name', () => {
    const text = `t;ax;ay;az\n${rows((i) => `${i};1;2;3`)}`;
    expect([...parseRecording(text, chosen('g', 't', 'az', 'ay', 'ax')).xyz.subarray(0, 3)]).toEqual([
      3, 2, 1,
    ]);
  });

  test('are chosen by number where there is no header', () => {
    const recording = parseRecording(
      rows((i) => `${i}\t1\t2\t3`),
      chosen('g', '1', '2', '3', '4'),
    );
    expect(recording.timesS).toHaveLength(12);
    expect([...recording.xyz.subarray(0, 3)]).toEqual([1, 2, 3]);
  });
});

describe('what cannot be read is refused with the place and the fix', () => {
  test.each<[string, string, ColumnChoice | null, RegExp]>([
    ['an unknown header', `a,b,c,d\n${rows((i) => `${i},1,2,3`)}`, null, /line 1.*"a".*--columns.*--unit/],
    ['an empty file', '', null, /line 1/],
    ['a header without rows', `${ENDAQ_HEADER}\n`, null, /0 rows.*at least 10/],
    [
      'a chosen name that is not there',
      `t,x,y\n1,2,3`,
      chosen('g', 't', 'x', 'y', 'z'),
      /no column "z" among t, x, y/,
    ],
    [
      'a chosen number that is not there',
      '1,2,3\n',
      chosen('g', '1', '2', '3', '4'),
      /no column "4".*from 1 to 3/,
    ],
    [
      'a word in a column',
      `${ENDAQ_HEADER}\n${rows((i) => (i === 5 ? '0.05,1,oops,1' : `${i / 100},1,1,1`))}`,
      null,
      /line 7: column "y_g" holds "oops".*correct or remove the line/,
    ],
    [
      'a row that was cut short',
      `${ENDAQ_HEADER}\n${rows((i) => `${i / 100},1,1,1`)}\n0.12,1,`,
      null,
      /line 14: column "y_g" holds ""/,
    ],
    [
      'a time that does not advance',
      `${ENDAQ_HEADER}\n${rows((i) => `${i === 6 ? 0.05 : i / 100},1,1,1`)}`,
      null,
      /line 8: the time 0.05 s is not later.*sort the rows/,
    ],
    [
      'an open quote',
      `${ENDAQ_HEADER}\n${rows((i) => `${i / 100},"1,1,1`)}`,
      null,
      /Quote.*comma-separated/i,
    ],
  ])('%s', (_, text, choice, expected) => {
    const attempt = () => parseRecording(text, choice);
    expect(attempt).toThrow(expected);
    try {
      attempt();
    } catch (error) {
      expect(isJostleError(error, 'EDGE_REPLAY_UNREADABLE')).toBe(true);
    }
  });
});
