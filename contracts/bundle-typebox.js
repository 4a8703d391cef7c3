import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Puts the library of schemas into one file; see `src/typebox.ts`. */
await build({
  absWorkingDir: fileURLToPath(new URL('.', import.meta.url)),
  entryPoints: ['src/typebox.ts'],
  outfile: 'dist/typebox.js',
  bundle: true,
  format: 'esm',
  target: 'node20',
  logLevel: 'error',
});
