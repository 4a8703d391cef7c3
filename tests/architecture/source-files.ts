import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export const WORKSPACES = [
  'contracts',
  'edge',
  'broker',
  'ingest',
  'dashboards',
  'firmware-sim',
  'tests',
] as const;
export type Workspace = (typeof WORKSPACES)[number];

export interface SourceFile {
  /** Path from the root of the project, with slashes. */
  path: string;
  workspace: Workspace;
  isTest: boolean;
  text: string;
}

/** Every source file of the workspaces: TypeScript, and the JavaScript that threads and tools begin with. */
export function sourceFiles(): SourceFile[] {
  return WORKSPACES.flatMap((workspace) =>
    readdirSync(join(ROOT, workspace), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(ts|js)$/.test(entry.name))
      .map((entry) => relative(ROOT, join(entry.parentPath, entry.name)))
      .filter((path) => !/(^|\/)(node_modules|dist)\//.test(path))
      .map((path) => ({
        path,
        workspace,
        isTest: /(\.test|-contract)\.ts$|(^tests|\/testing)\//.test(path),
        text: readFileSync(join(ROOT, path), 'utf8'),
      })),
  );
}

/** The modules that a file imports, statically or dynamically by a literal name. */
export function importsOf(file: SourceFile): string[] {
  const pattern =
    /(?:^|\n)\s*(?:import|export)\s[^'"`;]*?from\s*['"]([^'"]+)['"]|(?:^|\n)\s*import\s*['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;
  return [...file.text.matchAll(pattern)].map((m) => m[1] ?? m[2] ?? m[3] ?? '');
}
