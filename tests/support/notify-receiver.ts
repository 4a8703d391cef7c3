import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { vi } from 'vitest';

/** A datagram socket as systemd listens on one; Node has none. */
const LISTENER = `
import json, os, socket, sys
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1])
print(json.dumps(''), flush=True)
while True:
    datagram, descriptors, *_ = socket.recv_fds(listener, 65536, 4)
    for descriptor in descriptors:
        os.close(descriptor)
    print(json.dumps(datagram.decode()), flush=True)
`;

/** What systemd was told. */
export interface NotifyReceiver {
  /** Each datagram as it came, oldest first. */
  readonly datagrams: readonly string[];
  until(fits: (datagrams: readonly string[]) => boolean): Promise<void>;
  stop(): Promise<void>;
}

/** Listens at a path in place of systemd. */
export async function receiveNotifications(path: string): Promise<NotifyReceiver> {
  const listener = spawn('python3', ['-c', LISTENER, path], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: listener.stdout });
  await once(lines, 'line');
  chmodSync(path, 0o666);
  const datagrams: string[] = [];
  lines.on('line', (line) => datagrams.push(JSON.parse(line)));
  return {
    datagrams,
    until: (fits) =>
      vi.waitUntil(() => fits(datagrams), { timeout: 20_000, interval: 20 }).then(() => undefined),
    stop: async () => {
      if (listener.exitCode !== null) return;
      listener.kill();
      await once(listener, 'exit');
    },
  };
}
