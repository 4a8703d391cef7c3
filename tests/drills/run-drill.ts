import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Figure } from '../figures/figure.ts';
import { type Drill, type DrillOptions, drillFigures } from './drill.ts';

/** Runs one drill in a folder of its own, which is gone afterwards. */
export async function runDrill(drill: Drill, options: Omit<DrillOptions, 'folder'>): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), `jostle-drill-${drill.name}-`));
  try {
    return drillFigures(drill, await drill.run({ ...options, folder }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
