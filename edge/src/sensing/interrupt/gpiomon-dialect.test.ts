import { describe, expect, it } from 'vitest';
import { dialectOf } from './gpiomon-dialect.ts';

const V1 = dialectOf('gpiomon (libgpiod) v1.6.3\nCopyright (C) 2017-2018 Bartosz Golaszewski\n');
const V2 = dialectOf('gpiomon (libgpiod) v2.2.1\n');

it.each(['', 'gpiomon: command not found', 'gpiomon (libgpiod) v0.3'])('knows nothing of %j', (printed) => {
  expect(dialectOf(printed)).toBeNull();
});

describe('version 1', () => {
  it('looks the line up by its name and watches it by chip and offset', () => {
    expect(V1?.find('GPIO17')).toEqual(['gpiofind', 'GPIO17']);
    expect(V1?.placeOf('gpiochip4 17\n')).toEqual(['gpiochip4', '17']);
    expect(V1?.watch('GPIO17', ['gpiochip4', '17'])).toEqual([
      'gpiomon',
      '--rising-edge',
      '--line-buffered',
      '--format=%o %s %n',
      'gpiochip4',
      '17',
    ]);
  });

  it.each(['', 'gpiochip0', '--help 3'])('finds no place in %j', (answer) => {
    expect(V1?.placeOf(answer)).toBeNull();
  });

  it.each([
    ['17 1234 500000000', 1_234_500],
    ['17 1234 5000000', 1_234_005],
    ['17 1234', null],
    ['gpiomon: error waiting for events', null],
  ])('reads %j as %s ms', (text, ms) => {
    expect(V1?.edgeMs(text)).toBe(ms);
  });
});

describe('version 2', () => {
  it('needs no place and asks for each line of text at once', () => {
    expect(V2?.find('GPIO17')).toBeNull();
    expect(V2?.watch('GPIO17', [])).toEqual([
      'stdbuf',
      '--output=L',
      'gpiomon',
      '--by-name',
      '--edges=rising',
      '--format=%o %S',
      'GPIO17',
    ]);
  });

  it.each([
    ['17 1234.500000000', 1_234_500],
    ['17 1234 500000000', null],
    ["gpiomon: cannot find line 'GPIO17'", null],
  ])('reads %j as %s ms', (text, ms) => {
    expect(V2?.edgeMs(text)).toBe(ms);
  });
});
