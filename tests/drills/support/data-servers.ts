import { execFile, execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { freePort, serverProgram, unprivilegedUser } from '@jostle/ingest/testing';
import { Part } from './part.ts';

const run = promisify(execFile);

const INFLUX = { user: 'jostle', token: 'drill-token', database: 'jostle' };

export interface InfluxPart {
  part: Part;
  /** What ingest needs to know of it. */
  env: Record<string, string>;
  /** Points, by device. */
  count(): Promise<Map<string, number>>;
}

export interface PostgresPart {
  part: Part;
  /** What ingest needs to know of it. */
  env: { DATABASE_URL: string };
}

interface CountedSeries {
  tags: { device: string };
  values: [unknown, number][];
}

function programOf(name: 'influxd' | 'postgres', debianPackage: string): string {
  const program = serverProgram(name);
  if (program === undefined) throw new Error(`${name} is not installed (apt-get install ${debianPackage})`);
  return program;
}

/**
 * An InfluxDB 1.x that keeps what it has over restarts.
 *
 * @param host address to listen on
 */
export async function influxPart(folder: string, host: string): Promise<InfluxPart> {
  const program = programOf('influxd', 'influxdb');
  const home = join(folder, 'influx');
  mkdirSync(home, { recursive: true });
  const port = await freePort();
  const file = join(home, 'influxdb.conf');
  writeFileSync(
    file,
    `reporting-disabled = true
bind-address = "127.0.0.1:${await freePort()}"
[meta]
  dir = "${home}/meta"
[data]
  dir = "${home}/data"
  wal-dir = "${home}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "${host}:${port}"
  auth-enabled = true
  log-enabled = false
`,
  );
  const url = `http://${host}:${port}`;
  const ask = async (q: string) => {
    const authorization = `Basic ${Buffer.from(`${INFLUX.user}:${INFLUX.token}`).toString('base64')}`;
    const address = `${url}/query?${new URLSearchParams({ q, db: INFLUX.database })}`;
    const answer = await fetch(address, { method: 'POST', headers: { authorization } });
    return (await answer.json()) as { results?: { series?: CountedSeries[] }[] };
  };
  const part = new Part({
    kind: 'influxd',
    name: 'influxd',
    logPath: join(folder, 'influxd.log'),
    command: () => ({ program, args: ['-config', file] }),
    isReady: async () => (await fetch(`${url}/ping`)).status === 204,
  });
  await part.start();
  await ask(`CREATE USER "${INFLUX.user}" WITH PASSWORD '${INFLUX.token}' WITH ALL PRIVILEGES`);
  const env = {
    INFLUX_URL: url,
    INFLUX_DB: INFLUX.database,
    INFLUX_USER: INFLUX.user,
    INFLUX_TOKEN: INFLUX.token,
  };
  const count = async () => {
    const counted = (field: string, measurement: string) =>
      `SELECT count("${field}") FROM ${measurement} GROUP BY "device"`;
    const { results = [] } = await ask(`${counted('temp_c', 'env')}; ${counted('peak_g', 'shock')}`);
    const points = new Map<string, number>();
    for (const { tags, values } of results.flatMap(({ series = [] }) => series))
      points.set(tags.device, (points.get(tags.device) ?? 0) + (values[0]?.[1] ?? 0));
    return points;
  };
  return { part, env, count };
}

/**
 * A PostgreSQL with the durability it has by default.
 *
 * @param host address to listen on
 */
export async function postgresPart(folder: string, host: string): Promise<PostgresPart> {
  const program = programOf('postgres', 'postgresql');
  const home = join(folder, 'postgres');
  mkdirSync(home, { recursive: true });
  const user = unprivilegedUser('postgres');
  if (user.uid !== undefined) {
    // It has to find its way through the folder of the drill.
    chmodSync(folder, 0o711);
    chownSync(home, user.uid, user.gid);
  }
  const dataDir = join(home, 'db');
  const options = { ...user, cwd: home };
  const makeArgs = ['-D', dataDir, '-U', 'jostle', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(join(dirname(program), 'initdb'), makeArgs, { ...options, stdio: 'pipe' });
  if (host !== '127.0.0.1')
    writeFileSync(join(dataDir, 'pg_hba.conf'), 'host all all samenet trust\n', { flag: 'a' });
  const port = await freePort();
  const settings = [`listen_addresses=${host}`, `unix_socket_directories=${home}`];
  const part = new Part({
    kind: 'postgres',
    name: 'postgres',
    logPath: join(folder, 'postgres.log'),
    command: () => ({
      program,
      args: ['-D', dataDir, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])],
      options,
    }),
    isReady: () => run(join(dirname(program), 'pg_isready'), ['-h', host, '-p', `${port}`]).then(() => true),
    stopSignal: 'SIGINT',
  });
  await part.start();
  return { part, env: { DATABASE_URL: `postgres://jostle@${host}:${port}/postgres` } };
}
