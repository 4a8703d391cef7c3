import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { bundleAgent } from './agent-bundle.ts';
import { thirdPartyLicences } from './licences.ts';
import { DEVICE_MODULES, installedModule, placeNativeModules } from './native-modules.ts';
import { unpackedNode } from './node-release.ts';
import { runProgram } from './program.ts';
import { NODE_VERSION, type Target } from './target.ts';

const LIBRARY = 'usr/lib/jostle-edge';
const DOCUMENTS = 'usr/share/doc/jostle-edge';
export const CONFIGURATION = 'etc/jostle-edge/jostle-edge.env';

/** Files of this folder that go to the device as they are. */
const DEVICE_FILES = [
  ['jostle-edge.service', 'lib/systemd/system/jostle-edge.service', 0o644],
  ['jostle-edge.sysusers', 'usr/lib/sysusers.d/jostle-edge.conf', 0o644],
  ['jostle-edge.env', CONFIGURATION, 0o640],
  ['jostle-edge.sh', 'usr/bin/jostle-edge', 0o755],
] as const;

export interface DeviceTree {
  /** Of the project. */
  root: string;
  target: Target;
  version: string;
  /** Program that goes in as Node; null for the release that is pinned. */
  nodeProgram: string | null;
  cacheDir: string;
  /** Of what is packaged, seconds since the epoch. */
  epochSeconds: number;
}

/**
 * Makes everything that lies on the device after the installation, below a folder.
 *
 * @throws JostleError EDGE_PACKAGE_IMPOSSIBLE naming what is missing
 */
export async function makeDeviceTree(folder: string, tree: DeviceTree): Promise<void> {
  const { root, target, version, nodeProgram, cacheDir } = tree;
  const library = join(folder, LIBRARY);
  const bundled = await bundleAgent(root, library);
  write(
    join(library, 'package.json'),
    `${JSON.stringify({ name: 'jostle-edge', version, type: 'module' })}\n`,
  );
  let unpacked: string | undefined;
  const nodeFolder = () => {
    unpacked ??= unpackedNode(target, cacheDir);
    return unpacked;
  };
  placeNativeModules(join(library, 'node_modules'), { target, nodeFolder, cacheDir });
  for (const [name, to] of DEVICE_FILES)
    write(join(folder, to), readFileSync(new URL(`./device/${name}`, import.meta.url)));

  const documents = join(folder, DOCUMENTS);
  const packages = [...bundled, ...DEVICE_MODULES.map(({ name }) => installedModule(name))];
  write(join(documents, 'third-party-licences.txt'), thirdPartyLicences(packages));
  write(join(documents, 'copyright'), readFileSync(new URL('./debian/copyright', import.meta.url)));
  write(join(documents, 'field-guide.md'), readFileSync(join(root, 'docs/field-guide.md')));
  write(join(documents, 'changelog.gz'), gzipSync(debianChangelog(tree), { level: 9 }));
  placeNode(library, documents, nodeProgram, nodeFolder);
  setModes(folder);
}

function placeNode(
  library: string,
  documents: string,
  program: string | null,
  nodeFolder: () => string,
): void {
  if (program !== null) {
    cpSync(program, join(library, 'node'));
    write(
      join(documents, 'node-licence.txt'),
      `The licence of this Node.js is at https://github.com/nodejs/node/blob/${process.version}/LICENSE\n`,
    );
    return;
  }
  const release = nodeFolder();
  cpSync(join(release, 'bin/node'), join(library, 'node'));
  cpSync(join(release, 'LICENSE'), join(documents, 'node-licence.txt'));
}

/** One entry: what changed is in the project's own changelog. */
function debianChangelog({ version, epochSeconds }: DeviceTree): string {
  const date = new Date(epochSeconds * 1000).toUTCString().replace('GMT', '+0000');
  return `jostle-edge (${version}) stable; urgency=medium

  * The edge agent of Jostle ${version} with Node.js ${NODE_VERSION}.

 -- ${MAINTAINER}  ${date}
`;
}

/** The domain is one that cannot exist (RFC 2606, section 2): there is no mailbox to write to. */
export const MAINTAINER = 'The Jostle authors <jostle@jostle.invalid>';

function write(path: string, content: string | Buffer): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

/** Every folder and file as everybody may read it, whatever the umask was, but for those that are listed. */
function setModes(folder: string): void {
  runProgram('chmod', ['--recursive', 'u=rwX,go=rX', folder], { aptPackage: 'coreutils' });
  for (const path of filesBelow(folder)) chmodSync(join(folder, path), 0o644);
  for (const [, path, mode] of DEVICE_FILES) chmodSync(join(folder, path), mode);
  chmodSync(join(folder, LIBRARY, 'node'), 0o755);
  chmodSync(join(folder, dirname(CONFIGURATION)), 0o750);
}

/** Every file below a folder, relative to it, sorted. */
export function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
