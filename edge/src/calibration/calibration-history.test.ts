import { expect, test } from 'vitest';
import type { Fit } from './at-rest.ts';
import { UNCALIBRATED } from './calibration.ts';
import {
  currentCalibration,
  currentEntry,
  entriesOf,
  NO_CALIBRATIONS,
  withCalibration,
  withoutCurrent,
} from './calibration-history.ts';

const SENSOR = 'adxl375-53';
const fitOf = (x: number): Fit => ({
  kind: 'fitted',
  values: { offsetG: { x, y: 0, z: 0 }, scale: UNCALIBRATED.scale, axes: UNCALIBRATED.axes },
  residuals: { spreadG: 0.01, normErrorG: null, tiltDeg: null },
});
const made = { madeAt: Date.parse('2025-01-06T08:00:00Z'), how: 'at-rest', temperatureC: 20 } as const;

const first = withCalibration(NO_CALIBRATIONS, SENSOR, fitOf(1), made);
const second = withCalibration(first.history, SENSOR, fitOf(2), { ...made, madeAt: made.madeAt + 1 });

test('an id is the day and a hash: another one for other values, another time and another sensor', () => {
  const ids = [
    first,
    second,
    withCalibration(NO_CALIBRATIONS, SENSOR, fitOf(2), made),
    withCalibration(NO_CALIBRATIONS, 'adxl375-1d', fitOf(1), made),
  ].map(({ entry }) => entry.calibration.id);
  for (const id of ids) expect(id).toMatch(/^20250106-[0-9a-f]{8}$/);
  expect(new Set(ids).size).toBe(4);
  expect(withCalibration(NO_CALIBRATIONS, SENSOR, fitOf(1), made)).toEqual(first);
});

test('the newest is in use, and undone goes back to what it replaced, down to none', () => {
  expect(currentCalibration(second.history, SENSOR).offsetG.x).toBe(2);
  const once = withoutCurrent(second.history, SENSOR);
  expect(once?.undone).toEqual(second.entry);
  expect(currentEntry(once?.history ?? NO_CALIBRATIONS, SENSOR)).toEqual(first.entry);
  const twice = withoutCurrent(once?.history ?? NO_CALIBRATIONS, SENSOR);
  expect(currentCalibration(twice?.history ?? second.history, SENSOR)).toEqual(UNCALIBRATED);
  expect(withoutCurrent(twice?.history ?? second.history, SENSOR)).toBeNull();
});

test('undone ones stay in the history, and one made after an undo goes back over them', () => {
  const undone = withoutCurrent(second.history, SENSOR)?.history ?? NO_CALIBRATIONS;
  const third = withCalibration(undone, SENSOR, fitOf(3), { ...made, madeAt: made.madeAt + 2 });
  expect(entriesOf(third.history, SENSOR).map(({ calibration }) => calibration.offsetG.x)).toEqual([1, 2, 3]);
  expect(third.entry.replaces).toBe(first.entry.calibration.id);
});

test('sensors do not know of each other', () => {
  expect(currentCalibration(second.history, 'adxl375-1d')).toEqual(UNCALIBRATED);
});
