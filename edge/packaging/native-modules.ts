import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { JostleError } from '@jostle/contracts';
import { runProgram } from './program.ts';
import { NODE_ABI, type Target, toolchainPackage } from './target.ts';

/** What the agent loads from `node_modules` on the device, because it is compiled or finds what is compiled. */
interface DeviceModule {
  name: string;
  /** What of it is needed to run. */
  files: readonly string[];
  /** Its compiled part, for a module that has one. */
  binary?: string;
}

export const DEVICE_MODULES: readonly DeviceModule[] = [
  {
    name: 'better-sqlite3',
    files: ['package.json', 'LICENSE', 'lib'],
    binary: 'build/Release/better_sqlite3.node',
  },
  {
    name: 'i2c-bus',
    files: ['package.json', 'LICENSE', 'i2c-bus.js'],
    binary: 'build/Release/i2c.node',
  },
  { name: 'bindings', files: ['package.json', 'LICENSE.md', 'bindings.js'] },
  { name: 'file-uri-to-path', files: ['package.json', 'LICENSE', 'index.js'] },
];

const require = createRequire(import.meta.url);

/** Where npm has put a package. */
export function installedModule(name: string): string {
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch (cause) {
    throw new JostleError(
      'EDGE_PACKAGE_IMPOSSIBLE',
      `The package ${name} is not installed: run \`npm ci\`, with python3, make and g++.`,
      { cause },
    );
  }
}

export interface NativeBuild {
  target: Target;
  /** A release of Node for the target, which has the headers; asked only where something has to be compiled. */
  nodeFolder: () => string;
  cacheDir: string;
}

/**
 * Puts the modules into a `node_modules` folder. The compiled parts are those of this checkout where they fit, and
 * are cross-compiled otherwise.
 *
 * @throws JostleError EDGE_PACKAGE_IMPOSSIBLE where a compiler is missing, naming its package
 */
export function placeNativeModules(nodeModules: string, build: NativeBuild): void {
  for (const module of DEVICE_MODULES) {
    const from = installedModule(module.name);
    const to = join(nodeModules, module.name);
    for (const file of module.files) cpSync(join(from, file), join(to, file), { recursive: true });
    if (module.binary === undefined) continue;
    mkdirSync(dirname(join(to, module.binary)), { recursive: true });
    cpSync(compiled(module.name, module.binary, from, build), join(to, module.binary));
    strip(join(to, module.binary), build.target);
  }
}

function compiled(name: string, binary: string, source: string, build: NativeBuild): string {
  const { target, nodeFolder, cacheDir } = build;
  const isOwn = process.arch === target.nodeArch && process.versions.modules === NODE_ABI;
  if (isOwn && existsSync(join(source, binary))) return join(source, binary);
  const { version } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { version: string };
  const cached = join(cacheDir, `${name}-${version}-${target.arch}-abi${NODE_ABI}.node`);
  if (!existsSync(cached)) {
    console.error(`compiling ${name} ${version} for ${target.arch}`);
    // Below the project, so that what a module needs for its compilation is found among its packages.
    const folder = join(cacheDir, `build-${target.arch}`, name);
    crossCompile(source, folder, target, nodeFolder);
    renameSync(join(folder, binary), cached);
    rmSync(folder, { recursive: true });
  }
  return cached;
}

function crossCompile(source: string, folder: string, target: Target, nodeFolder: () => string): void {
  const compiler = `${target.toolchain}g++`;
  runProgram(compiler, ['--version'], { aptPackage: toolchainPackage(target) });
  rmSync(folder, { recursive: true, force: true });
  cpSync(source, folder, { recursive: true });
  rmSync(join(folder, 'build'), { recursive: true, force: true });
  const gyp = `node-gyp rebuild --release --arch=${target.nodeArch} --nodedir=${nodeFolder()}`;
  const env = [`CC=${target.toolchain}gcc`, `CXX=${compiler}`];
  // npm carries node-gyp, and puts it on the path of what it runs.
  const args = [...env, 'npm', 'exec', '--call', gyp];
  runProgram('env', args, { aptPackage: 'npm python3 make', cwd: folder });
}

/** Symbols and debug information are of no use on a device, and hold the paths of the machine that compiled. */
function strip(file: string, target: Target): void {
  const args = ['--strip-unneeded', file];
  runProgram(`${target.toolchain}strip`, args, { aptPackage: toolchainPackage(target) });
}
