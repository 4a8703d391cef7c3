import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The agent as its Debian package installs it, for a test that may do that: as root, on a machine that has none. */

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
export const UNIT = '/lib/systemd/system/jostle-edge.service';
export const USER = 'jostle-edge';

/** What a program printed, and what it ended with. */
export async function run(program: string, ...args: string[]) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += chunk));
  child.stderr.on('data', (chunk) => (stderr += chunk));
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

const isKnown = async (database: 'group' | 'passwd', name: string) =>
  (await run('getent', database, name)).status === 0;
export const hasUser = (name: string) => isKnown('passwd', name);
export const hasGroup = (name: string) => isKnown('group', name);

/** Builds the package for this machine with the Node that runs the test, so that nothing is fetched. */
export async function buildPackage(folder: string): Promise<string> {
  const arch = (await run('dpkg', '--print-architecture')).stdout.trim();
  const script = ['--import', 'tsx', `${ROOT}edge/packaging/package-edge.ts`];
  const options = ['--arch', arch, '--node', process.execPath, '--out', folder];
  const { status, stderr } = await run(process.execPath, ...script, ...options);
  if (status !== 0) throw new Error(stderr);
  const { version } = JSON.parse(readFileSync(`${ROOT}package.json`, 'utf8')) as { version: string };
  return `${folder}/jostle-edge_${version}_${arch}.deb`;
}

/** Installs the package. @returns what takes everything away again that came with it */
export async function install(deb: string): Promise<() => Promise<void>> {
  if (existsSync(UNIT) || (await hasUser(USER)))
    throw new Error('jostle-edge is installed on this machine: this test would remove it');
  const hadGroups = { i2c: await hasGroup('i2c'), gpio: await hasGroup('gpio') };
  const cleanUp = async () => {
    await run('dpkg', '--purge', 'jostle-edge');
    for (const [group, wasThere] of Object.entries(hadGroups)) if (!wasThere) await run('groupdel', group);
  };
  const { status, stdout, stderr } = await run('dpkg', '--install', deb);
  if (status !== 0) {
    await cleanUp();
    throw new Error(`dpkg: ${stdout}${stderr}`);
  }
  return cleanUp;
}

/** The values of a key of the unit, in their order. */
export function unitValues(key: string): string[] {
  const lines = readFileSync(UNIT, 'utf8').split('\n');
  return lines.filter((line) => line.startsWith(`${key}=`)).map((line) => line.slice(key.length + 1));
}

/** The service's process, started as the unit says: its command, its user with all groups, its environment only. */
export class ServiceProcess {
  output = '';
  /** Its exit code; null where a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #process: ChildProcess;

  constructor(environment: Record<string, string>) {
    const files = unitValues('EnvironmentFile').flatMap((path) => readFileSync(path, 'utf8').split('\n'));
    const settings = [...unitValues('Environment'), ...files.filter((line) => /^\w+=/.test(line))];
    const own = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const [user = ''] = unitValues('User');
    const [command = ''] = unitValues('ExecStart');
    const asUser = [`--reuid=${user}`, `--regid=${user}`, '--init-groups'];
    const args = [...asUser, 'env', '-i', ...settings, ...own, ...command.split(' ')];
    this.#process = spawn('setpriv', args, { cwd: '/', stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk: Buffer) => {
      this.output += chunk.toString();
    };
    this.#process.stdout?.on('data', keep);
    this.#process.stderr?.on('data', keep);
    this.ended = new Promise((resolve) => this.#process.once('close', resolve));
  }

  /** Memory in use, MiB. */
  residentMiB(): number {
    const [, kib] =
      /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${this.#process.pid}/status`, 'utf8')) ?? [];
    return Number(kib) / 1024;
  }

  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return this.ended;
  }
}
