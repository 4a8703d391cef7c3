import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { JostleError } from '@jostle/contracts';
import { runProgram } from './program.ts';
import { NODE_VERSION, type Target } from './target.ts';

/**
 * Fetches the release of Node for an architecture once, and unpacks it.
 *
 * @param cacheDir keeps it for the next time; what lies there is checked again
 * @returns the folder with `bin/node`, `include/node` and `LICENSE`
 * @throws JostleError EDGE_PACKAGE_IMPOSSIBLE where it cannot be fetched, or is not what the checksum says
 */
export function unpackedNode({ node }: Target, cacheDir: string): string {
  const archive = join(cacheDir, `${node.name}-${NODE_VERSION}.tgz`);
  if (!existsSync(archive)) {
    mkdirSync(cacheDir, { recursive: true });
    const args = ['pack', `${node.name}@${NODE_VERSION}`, '--pack-destination', cacheDir];
    runProgram('npm', args, { aptPackage: 'npm' });
  }
  const integrity = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
  if (integrity !== node.integrity) {
    rmSync(archive);
    throw new JostleError(
      'EDGE_PACKAGE_IMPOSSIBLE',
      `${node.name}@${NODE_VERSION} has the checksum ${integrity}, not ${node.integrity}: it was removed; do not use it.`,
    );
  }
  const folder = join(cacheDir, `${node.name}-${NODE_VERSION}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  const tar = [
    '--extract',
    '--file',
    archive,
    '--directory',
    folder,
    '--strip-components=1',
    '--no-same-owner',
  ];
  runProgram('tar', tar, { aptPackage: 'tar' });
  return folder;
}
