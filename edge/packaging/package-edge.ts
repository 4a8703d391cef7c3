import { readFileSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isJostleError, textTable } from '@jostle/contracts';
import { Command, Option } from 'commander';
import { buildDeb, type DebFile } from './deb.ts';
import { runProgram } from './program.ts';
import { TARGETS } from './target.ts';

/** `npm run package:edge`: the Debian packages of the agent, in `dist/`. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MEBIBYTE = 1024 * 1024;

interface Options {
  arch?: string;
  node?: string;
  out: string;
}

const command = new Command('package:edge')
  .description('Build the Debian package of the edge agent')
  .addOption(new Option('--arch <arch>', 'only this architecture').choices(TARGETS.map(({ arch }) => arch)))
  .option('--node <file>', 'put this Node in, instead of the pinned release from the npm registry')
  .option('--out <folder>', 'where the packages go', `${ROOT}dist`)
  .action(async (options: Options) => {
    const debs: DebFile[] = [];
    for (const target of TARGETS.filter(({ arch }) => options.arch === undefined || arch === options.arch)) {
      const tree = {
        root: ROOT,
        target,
        version: versionOf('package.json'),
        nodeProgram: options.node === undefined ? null : resolve(options.node),
        cacheDir: `${ROOT}dist/cache`,
        epochSeconds: commitSeconds(),
      };
      debs.push(await buildDeb(tree, resolve(options.out)));
    }
    console.log(tableOf(debs));
  });

try {
  await command.parseAsync();
} catch (error) {
  console.error(isJostleError(error) ? `${error.code}\n${error.message}` : error);
  process.exit(1);
}

function versionOf(manifest: string): string {
  return (JSON.parse(readFileSync(`${ROOT}${manifest}`, 'utf8')) as { version: string }).version;
}

/** The time of the commit, so that a later build of the same commit is the same; without git, that of the manifest. */
function commitSeconds(): number {
  try {
    return Number(runProgram('git', ['-C', ROOT, 'log', '-1', '--format=%ct'], { aptPackage: 'git' }));
  } catch {
    return Math.floor(statSync(`${ROOT}package.json`).mtimeMs / 1000);
  }
}

function tableOf(debs: readonly DebFile[]): string {
  const rows = debs.map(({ path, arch, bytes, sha256 }) => [
    relative(process.cwd(), path),
    arch,
    `${(bytes / MEBIBYTE).toFixed(1)} MiB`,
    sha256,
  ]);
  return textTable(['file', 'arch', 'size', 'sha256'], rows);
}
