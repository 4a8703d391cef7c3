import { execFileSync } from 'node:child_process';
import { chownSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { startChildServer } from './child-server.ts';
import { freePort, serverProgram, unprivilegedUser } from './servers.ts';

export interface PostgresServer {
  /**
   * Makes a new database and returns its URL.
   *
   * @param template URL, or a slash and the name, of the one whose tables and rows it begins with, and that nobody has open; default an empty one
   */
  createDatabase(template?: string): Promise<string>;
  stop(): Promise<void>;
}

/** A PostgreSQL of our own on a free loopback port, in a temporary folder. */
export async function startPostgres(): Promise<PostgresServer> {
  const program = serverProgram('postgres');
  if (program === undefined) throw new Error('postgres is not installed (apt-get install postgresql)');
  const folder = await mkdtemp(join(tmpdir(), 'jostle-postgres-'));
  const user = unprivilegedUser('postgres');
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const dataDir = join(folder, 'db');
  execFileSync(
    join(dirname(program), 'initdb'),
    ['-D', dataDir, '-U', 'jostle', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
    { ...user, cwd: folder, stdio: 'pipe' },
  );
  const port = await freePort();
  const urlOf = (database: string) => `postgres://jostle@127.0.0.1:${port}/${database}`;
  const admin = async (statement: string) => {
    const client = new pg.Client({ connectionString: urlOf('postgres') });
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  // Durability is not what these tests are about: without fsync a database is made in a fraction of the time.
  const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `unix_socket_directories=${folder}`];
  const server = await startChildServer(
    program,
    ['-D', dataDir, '-p', `${port}`, ...settings.flatMap((setting) => ['-c', setting])],
    { ...user, cwd: folder },
    async () => admin('select 1').then(() => true),
  );
  // PostgreSQL 15 and later would write each page into the log instead; 14 knows only this way, and not its name.
  const copy = program.includes('/14/') ? '' : ' strategy file_copy';
  let databases = 0;
  return {
    createDatabase: async (template = '/template1') => {
      const name = `test_${++databases}`;
      const from = template.slice(template.lastIndexOf('/') + 1);
      await admin(`create database ${name} template ${from}${copy}`);
      return urlOf(name);
    },
    stop: async () => {
      await server.stop('SIGQUIT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}
