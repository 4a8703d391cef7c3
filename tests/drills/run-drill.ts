import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Figure, figure } from '../figures/figure.ts';
import { type Drill, type DrillOptions, drillFigures } from './drill.ts';
import { missingNeed } from './needs.ts';

type RunOptions = Omit<DrillOptions, 'folder'>;

/** Errors end with whole logs; a cell of a table has room for this. */
const REASON_LENGTH = 300;

/** Runs one drill in a folder of its own, which is gone afterwards. */
export async function runDrill(drill: Drill, options: RunOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), `jostle-drill-${drill.name}-`));
  const from = performance.now();
  try {
    const figures = drillFigures(drill, await drill.run({ ...options, folder }));
    const seconds = (performance.now() - from) / 1000;
    return [...figures, figure(`${drill.name}.duration`, seconds, 's', 'From its start to its end.')];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** For one drill among many: where it cannot run, that is a figure that misses its target, and the others go on. */
export async function runOrSayWhy(
  drill: Drill,
  options: RunOptions,
  print: (text: string) => void,
): Promise<Figure[]> {
  const missing = missingNeed(drill.needs);
  if (missing !== undefined) {
    print(`${drill.name} cannot run: ${missing}`);
    return [notRun(drill, missing)];
  }
  try {
    return await runDrill(drill, options);
  } catch (error) {
    print(`${drill.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
    return [notRun(drill, error instanceof Error ? error.message : String(error))];
  }
}

function notRun({ name }: Drill, why: string): Figure {
  const reason = why.replaceAll(/\s+/g, ' ').replaceAll('|', '/').slice(0, REASON_LENGTH);
  return figure(`${name}.ran`, 0, 'times', `Did not come to its end: ${reason}`, { atLeast: 1 });
}
