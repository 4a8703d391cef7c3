import { expect, test } from 'vitest';
import { figureTable } from '../figures/report.ts';
import { describeUnlessMissing } from '../support/requirements.ts';
import { drillFigures } from './drill.ts';
import { DRILLS } from './drills.ts';
import { missingNeed } from './needs.ts';
import { runDrill } from './run-drill.ts';

/** The short form of every drill; `npm run drill -- --long` is the other one. */

const SEED = 7;
const LIMIT_MS = 300_000;

for (const drill of DRILLS)
  describeUnlessMissing(missingNeed(drill.needs), `drill ${drill.name}`, () => {
    test(
      'loses nothing and counts nothing twice',
      async () => {
        const figures = await runDrill(drill, { seed: SEED, isLong: false, progress: () => {} });
        expect(figures.filter(({ pass }) => !pass).length, figureTable(figures)).toBe(0);
      },
      LIMIT_MS,
    );
  });

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
