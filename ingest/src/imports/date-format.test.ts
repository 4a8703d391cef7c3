import { describe, expect, it } from 'vitest';
import { isTimeZone, readDate } from './date-format.ts';

describe('a date in a format', () => {
  it.each([
    ['2010-12-01 08:26:00', 'yyyy-MM-dd HH:mm:ss', 'UTC', '2010-12-01T08:26:00.000Z'],
    ['1/12/2010 8:26', 'dd/MM/yyyy HH:mm', 'UTC', '2010-12-01T08:26:00.000Z'],
    ['12/1/2010', 'MM/dd/yyyy', 'UTC', '2010-12-01T00:00:00.000Z'],
    ['01.07.2026 12:00', 'dd.MM.yyyy HH:mm', 'Europe/Berlin', '2026-07-01T10:00:00.000Z'],
    ['01.01.2026 12:00', 'dd.MM.yyyy HH:mm', 'Europe/Berlin', '2026-01-01T11:00:00.000Z'],
    ['2026-03-01 00:00', 'yyyy-MM-dd HH:mm', 'Pacific/Auckland', '2026-02-28T11:00:00.000Z'],
    // Clocks in Berlin went from 02:00 to 03:00 on this day, an hour either side of the change.
    ['29.03.2026 01:30', 'dd.MM.yyyy HH:mm', 'Europe/Berlin', '2026-03-29T00:30:00.000Z'],
    ['29.03.2026 03:30', 'dd.MM.yyyy HH:mm', 'Europe/Berlin', '2026-03-29T01:30:00.000Z'],
  ])('reads %s as %s in %s', (text, format, zone, instant) => {
    expect(readDate(text, format, zone)).toBe(instant);
  });

  it.each([
    ['2010-02-31', 'yyyy-MM-dd'],
    ['2010-13-01', 'yyyy-MM-dd'],
    ['2010-12-01 24:00', 'yyyy-MM-dd HH:mm'],
    ['2010-12-01', 'dd.MM.yyyy'],
    ['2010-12-01 later', 'yyyy-MM-dd'],
    ['2010x12', 'yyyy.MM'],
  ])('refuses %s as %s', (text, format) => {
    expect(readDate(text, format, 'UTC')).toBeUndefined();
  });

  it('knows which time zones there are', () => {
    expect([isTimeZone('Europe/London'), isTimeZone('Europe/Londres')]).toEqual([true, false]);
  });
});
