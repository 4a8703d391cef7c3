import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChildServer } from './child-server.ts';
import { freePort, serverProgram } from './servers.ts';

export interface MosquittoServer {
  url: string;
  stop(): Promise<void>;
}

/** A Mosquitto of our own on a free loopback port that lets everybody in and keeps nothing. */
export async function startMosquitto(): Promise<MosquittoServer> {
  const program = serverProgram('mosquitto');
  if (program === undefined) throw new Error('mosquitto is not installed (apt-get install mosquitto)');
  const folder = await mkdtemp(join(tmpdir(), 'jostle-mosquitto-'));
  const port = await freePort();
  const file = join(folder, 'mosquitto.conf');
  await writeFile(file, `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\n`);
  const server = await startChildServer(program, ['-c', file], {}, () => answers(port));
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function answers(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.destroy();
  return true;
}
