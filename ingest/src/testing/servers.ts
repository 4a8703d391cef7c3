import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, it } from 'vitest';
import { isCi } from './config.ts';

const SERVERS = {
  postgres: {
    package: 'postgresql',
    paths: ['17', '16', '15', '14'].map((version) => `/usr/lib/postgresql/${version}/bin/postgres`),
  },
  influxd: { package: 'influxdb', paths: ['/usr/bin/influxd', '/usr/local/bin/influxd'] },
  mosquitto: { package: 'mosquitto', paths: ['/usr/sbin/mosquitto', '/usr/local/sbin/mosquitto'] },
  // Serial ports for tests: it joins a pseudo terminal to a TCP connection.
  socat: { package: 'socat', paths: ['/usr/bin/socat', '/usr/local/bin/socat'] },
} as const;

export type ServerName = keyof typeof SERVERS;

/** The program of a real server, or undefined where this machine does not have it. */
export function serverProgram(name: ServerName): string | undefined {
  return SERVERS[name].paths.find((path) => existsSync(path));
}

/**
 * Tests that need a real server. Without it they are reported as skipped, with one line that names it;
 * in CI its absence is a failure.
 */
export function describeWithServer(name: ServerName, title: string, cases: () => void): void {
  if (serverProgram(name) !== undefined) {
    describe(title, cases);
    return;
  }
  const line = `${name} is not installed (apt-get install ${SERVERS[name].package})`;
  if (isCi) {
    it(title, () => {
      throw new Error(line);
    });
    return;
  }
  console.warn(`skipped: ${title}: ${line}`);
  describe.skipIf(true)(title, cases);
}

/** A port of the loopback interface that was free a moment ago. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new TypeError('the port is not known');
  return address.port;
}

/** User and group that a server runs as which refuses root; nothing where we are not root. */
export function unprivilegedUser(user: string): { uid: number; gid: number } | Record<string, never> {
  if (process.getuid?.() !== 0) return {};
  const idOf = (flag: '-u' | '-g') => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
}
