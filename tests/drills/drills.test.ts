import { describe, expect, test } from 'vitest';
import { figureTable } from '../figures/report.ts';
import { drillFigures } from './drill.ts';
import { DRILLS } from './drills.ts';
import { runDrill } from './run-drill.ts';

/** The short form of every drill; `npm run drill -- --long` is the other one. */

const SEED = 7;

describe('drills', () => {
  test.each(DRILLS.map((drill) => [drill.name, drill] as const))(
    '%s loses nothing and counts nothing twice',
    {
      timeout: 300_000,
    },
    async (_, drill) => {
      const figures = await runDrill(drill, { seed: SEED, isLong: false, progress: () => {} });
      expect(figures.filter(({ pass }) => !pass).length, figureTable(figures)).toBe(0);
    },
  );

  test.each([
    [{ generated: 5, lost: 1, twice: 0 }, 'd.lost'],
    [{ generated: 5, lost: 0, twice: 1 }, 'd.twice'],
    [{ generated: 0, lost: 0, twice: 0 }, 'd.generated'],
  ])('%o fails', (result, id) => {
    const drill = { name: 'd', about: '', run: async () => result };
    const failed = drillFigures(drill, result).filter(({ pass }) => !pass);
    expect(failed.map((figure) => figure.id)).toEqual([id]);
  });
});
