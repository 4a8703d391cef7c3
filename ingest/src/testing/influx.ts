import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ChildServer, startChildServer } from './child-server.ts';
import { freePort, serverProgram } from './servers.ts';

export interface InfluxServer {
  url: string;
  user: string;
  token: string;
  /** Where it keeps everything. */
  folder: string;
  /** Runs one statement of InfluxQL with the rights of the administrator. */
  query(statement: string, database?: string): Promise<unknown>;
  stop(): Promise<void>;
}

const settings = (folder: string, rpcPort: number, httpPort: number) => `
reporting-disabled = true
bind-address = "127.0.0.1:${rpcPort}"
[meta]
  dir = "${folder}/meta"
[data]
  dir = "${folder}/data"
  wal-dir = "${folder}/wal"
[monitor]
  store-enabled = false
[http]
  bind-address = "127.0.0.1:${httpPort}"
  auth-enabled = true
  log-enabled = false
`;

/** An InfluxDB 1.x of our own on free loopback ports, with authentication on, in a temporary folder. */
export async function startInflux(): Promise<InfluxServer> {
  const program = serverProgram('influxd');
  if (program === undefined) throw new Error('influxd is not installed (apt-get install influxdb)');
  const folder = await mkdtemp(join(tmpdir(), 'jostle-influx-'));
  const httpPort = await freePort();
  const file = join(folder, 'influxdb.conf');
  await writeFile(file, settings(folder, await freePort(), httpPort));
  const url = `http://127.0.0.1:${httpPort}`;
  const server: ChildServer = await startChildServer(program, ['-config', file], {}, async () =>
    fetch(`${url}/ping`).then((response) => response.status === 204),
  );
  const user = 'jostle';
  const token = 'a secret with spaces: and colons';
  const query = async (statement: string, database = '') => {
    const address = `${url}/query?${new URLSearchParams({ q: statement, db: database, epoch: 'ns' })}`;
    const authorization = `Basic ${Buffer.from(`${user}:${token}`).toString('base64')}`;
    const response = await fetch(address, { method: 'POST', headers: { authorization } });
    return response.json();
  };
  await query(`CREATE USER "${user}" WITH PASSWORD '${token}' WITH ALL PRIVILEGES`);
  return {
    url,
    user,
    token,
    folder,
    query,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
