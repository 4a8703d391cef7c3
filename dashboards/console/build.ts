import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const SOURCE = fileURLToPath(new URL('./src/', import.meta.url));

/**
 * Builds the console into `outDir` (made where it is missing): index.html, app.js and app.css, which load nothing
 * from elsewhere and run under `Content-Security-Policy: default-src 'self'`.
 *
 * @throws where the sources do not compile; esbuild's message names the place
 */
export async function buildConsole(outDir: string): Promise<void> {
  await mkdir(outDir, { recursive: true });
  await build({
    entryPoints: [join(SOURCE, 'app.ts'), join(SOURCE, 'app.css')],
    outdir: outDir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    legalComments: 'inline',
    logLevel: 'silent',
  });
  await copyFile(join(SOURCE, 'index.html'), join(outDir, 'index.html'));
}

/** As a program: `build.ts OUT_DIR`, for whoever may not import this workspace. */
const [, program, outDir] = process.argv;
if (program === fileURLToPath(import.meta.url)) {
  if (outDir === undefined) {
    console.error('Name the folder to build into: build.ts OUT_DIR');
    process.exit(64);
  }
  await buildConsole(outDir);
}
