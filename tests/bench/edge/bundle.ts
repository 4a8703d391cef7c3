import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/**
 * What is loaded from node_modules: native code, and what finds its own files beside itself.
 */
const EXTERNAL = ['better-sqlite3', 'i2c-bus', 'johnny-five', 'pino', 'mqtt', 'tsx'];

/**
 * Bundles the simulated device as an installed agent is: without a TypeScript loader in its threads.
 *
 * @param folder where the bundle goes
 * @returns path of its entry
 */
export async function bundleDevice(folder: string): Promise<string> {
  await build({
    entryPoints: {
      device: join(ROOT, 'firmware-sim/src/device/main.ts'),
      // The name under which the device starts its worker.
      'sim-hw-worker-entry': join(ROOT, 'firmware-sim/src/device/sim-hw-worker.ts'),
      'simulator-alone': join(ROOT, 'tests/bench/edge/simulator-alone.ts'),
    },
    outdir: folder,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    external: EXTERNAL,
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    outExtension: { '.js': '.js' },
    logLevel: 'silent',
  });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return join(folder, 'device.js');
}
