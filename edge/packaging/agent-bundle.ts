import { join } from 'node:path';
import { type BuildResult, build } from 'esbuild';
import { DEVICE_MODULES } from './native-modules.ts';

/** Some packages in the bundle are CommonJS and ask for Node's own modules by `require`. */
const REQUIRE = `import { createRequire } from 'node:module';
const require = createRequire(import.meta.url);`;

/**
 * Writes the agent as plain JavaScript: `cli/main.js`, and the hardware worker where `cli/main.js` looks for it.
 * Nothing is compiled on the device, and no loader of TypeScript takes its memory.
 *
 * @param root of the project
 * @returns the folders of the packages that went into it
 */
export async function bundleAgent(root: string, folder: string): Promise<string[]> {
  const { metafile }: BuildResult<{ metafile: true }> = await build({
    absWorkingDir: root,
    entryPoints: [
      { in: 'edge/src/cli/main.ts', out: 'cli/main' },
      { in: 'edge/src/hw-worker.ts', out: 'hw-worker-entry' },
    ],
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    // From its own files, so that its licence is found.
    conditions: ['module', 'jostle-source'],
    external: DEVICE_MODULES.map(({ name }) => name),
    banner: { js: REQUIRE },
    legalComments: 'none',
    logLevel: 'error',
    metafile: true,
  });
  const folders = Object.keys(metafile.inputs).map(
    (path) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path)?.[0],
  );
  return [...new Set(folders.filter((folder) => folder !== undefined))]
    .sort()
    .map((folder) => join(root, folder));
}
