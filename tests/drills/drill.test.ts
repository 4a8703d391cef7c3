import { expect, test } from 'vitest';
import { drillFigures } from './drill.ts';

test.each([
  [{ generated: 5, lost: 1, twice: 0 }, 'd.lost'],
  [{ generated: 5, lost: 0, twice: 1 }, 'd.twice'],
  [{ generated: 0, lost: 0, twice: 0 }, 'd.generated'],
  [{ generated: 5, lost: 0, twice: 0, alerts: 1 }, 'd.alerts'],
  [{ generated: 5, lost: 0, twice: 0, dropped: 1 }, 'd.dropped'],
])('%o fails', (result, id) => {
  const drill = { name: 'd', about: '', parts: '', run: async () => result };
  const failed = drillFigures(drill, result).filter(({ pass }) => !pass);
  expect(failed.map((figure) => figure.id)).toEqual([id]);
});
