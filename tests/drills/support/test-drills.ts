import { expect, test } from 'vitest';
import type { Figure } from '../../figures/figure.ts';
import { figureTable } from '../../figures/report.ts';
import { describeUnlessMissing } from '../../support/requirements.ts';
import type { Drill } from '../drill.ts';
import { missingNeed } from '../needs.ts';
import { runDrill } from '../run-drill.ts';

const SEED = 7;
const LIMIT_MS = 300_000;

/** Whatever else the machine does takes part in a time: `npm run drill` judges it, and a test does not. */
const isTime = ({ unit }: Figure) => unit === 'ms' || unit === 's';

/** A test for the short form of each; `npm run drill -- --long` is the other one. */
export function testDrills(drills: readonly Drill[]): void {
  for (const drill of drills)
    describeUnlessMissing(missingNeed(drill.needs), `drill ${drill.name}`, () => {
      test(
        'loses nothing and counts nothing twice',
        async () => {
          const figures = await runDrill(drill, { seed: SEED, isLong: false, progress: () => {} });
          const missed = figures.filter((one) => !one.pass && !isTime(one));
          expect(missed.length, figureTable(figures)).toBe(0);
        },
        LIMIT_MS,
      );
    });
}
