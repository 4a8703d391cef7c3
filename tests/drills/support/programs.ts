import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** Native, or reading files of its own beside itself. */
const NOT_BUNDLED = ['better-sqlite3', 'pg-native', '@fastify/swagger-ui'];

/** Some packages in the bundles are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

const ENTRIES = {
  broker: 'broker/src/main.ts',
  ingest: 'ingest/src/main.ts',
  edge: 'tests/drills/support/edge-main.ts',
  // Beside ingest, where it looks for it.
  'sqlite-worker': 'ingest/src/store/sqlite-worker.js',
};

/**
 * Bundles the programs of the system, as they would be shipped: a process that is killed a thousand times must not take
 * seconds to load its sources.
 *
 * @returns the path of each
 */
export async function buildPrograms(folder: string): Promise<(name: keyof typeof ENTRIES) => string> {
  const outdir = join(folder, 'programs');
  await build({
    absWorkingDir: ROOT,
    entryPoints: Object.entries(ENTRIES).map(([out, entry]) => ({ in: entry, out })),
    outdir,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: NOT_BUNDLED,
    banner: { js: REQUIRE },
    logLevel: 'error',
  });
  symlinkSync(join(ROOT, 'node_modules'), join(outdir, 'node_modules'));
  symlinkSync(join(ROOT, 'package.json'), join(outdir, 'package.json'));
  return (name) => join(outdir, `${name}.js`);
}
