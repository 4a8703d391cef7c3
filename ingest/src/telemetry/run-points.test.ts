import type { DeviceRecord } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { runRow } from '../inbox/stored-run.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { pointsOf } from './run-points.ts';

function rowOf(records: DeviceRecord[]) {
  const row = runRow({ deviceId: 'DEV-1', epoch: EPOCH, receivedAt: 0 }, records, {
    firstAt: null,
    lastAt: null,
  });
  return { ...row, id: 1 };
}

const second = makeRecord(5, 'climate', { sensor: 'bmp280-76', temperatureC: 3, pressureHpa: 990 });
const row = rowOf([
  makeRecord(3, 'climate', { temperatureC: 1 }),
  makeRecord(4, 'shock', { impactAt: START_MS + 3900 }),
  second,
  makeRecord(6, 'coverage'),
  { ...makeRecord(7, 'climate'), body: { sensor: 'sht31d-44', ageMs: 5 } } as DeviceRecord,
  makeRecord(8, 'climate', { temperatureC: 2 }),
]);

it('has a point for each reading with a value and each shock, none for the rest', () => {
  const points = pointsOf(row, (measuredAt) => measuredAt).toSorted((a, b) => a.seq - b.seq);
  expect(points.map(({ seq, kind, measuredAt }) => [seq, kind, measuredAt - START_MS])).toEqual([
    [3, 'climate', 3000],
    [4, 'shock', 3900],
    [5, 'climate', 5000],
    [8, 'climate', 8000],
  ]);
  expect(points[2]?.values).toMatchObject({ temperatureC: 3, pressureHpa: 990 });
  expect(points.every(({ deviceId, epoch }) => deviceId === 'DEV-1' && epoch === EPOCH)).toBe(true);
});

it('puts a point where its boot puts the record, and leaves out what has no known time', () => {
  const points = pointsOf(row, (_, mono) => (mono < 5000 ? null : mono + 70_000));
  expect(points.map(({ seq, measuredAt }) => [seq, measuredAt])).toEqual([
    [8, 78_000],
    [5, 75_000],
  ]);
  const shock = pointsOf(row, (measuredAt, mono) => (mono === 4000 ? measuredAt - 60_000 : null));
  expect(shock.map(({ measuredAt }) => measuredAt - START_MS)).toEqual([3900 - 60_000]);
});
