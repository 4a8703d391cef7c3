import { execFileSync } from 'node:child_process';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { textTable } from '@jostle/contracts';
import type { Figure } from './figure.ts';

/** What a run of a tool found, as it is written with `--json`. */
export interface Report {
  tool: string;
  seed: number;
  /** Short hash; `-dirty` where files were changed; `unknown` outside a repository. */
  commit: string;
  machine: { cpu: string; cores: number; memoryMb: number; platform: string; node: string };
  figures: Figure[];
}

export function reportOf(tool: string, seed: number, commit: string, figures: Figure[]): Report {
  return {
    tool,
    seed,
    commit,
    machine: {
      cpu: cpus()[0]?.model.trim() ?? 'unknown',
      cores: cpus().length,
      memoryMb: Math.round(totalmem() / 1024 ** 2),
      platform: `${process.platform}-${process.arch}`,
      node: process.version,
    },
    figures,
  };
}

/** The figures as a person reads them. */
export function figureTable(figures: readonly Figure[]): string {
  return textTable(
    ['figure', 'value', 'unit', 'target', ''],
    figures.map(({ id, value, unit, target, bound, pass }) => [
      id,
      value,
      unit,
      target === null ? '' : `${bound === 'at least' ? '≥' : '≤'} ${target}`,
      target === null ? '' : pass ? 'met' : 'MISSED',
    ]),
  );
}

/** What is checked out: to be asked before measuring, because files may change meanwhile. */
export function commitOf(): string {
  try {
    const cwd = fileURLToPath(new URL('.', import.meta.url));
    return execFileSync('git', ['describe', '--always', '--dirty'], { cwd, encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
}
