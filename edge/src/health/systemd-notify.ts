import { execFile } from 'node:child_process';

/** The command takes milliseconds; with a barrier it waits for systemd to have read it (systemd-notify(1)). */
const NOTIFY_MS = 5_000;

/**
 * Sends one notification (sd_notify(3)), through systemd's own command because Node has no unix datagram sockets. The
 * unit needs `NotifyAccess=all`, since it comes from a child.
 *
 * @param socket as in NOTIFY_SOCKET
 * @param assignments such as `READY=1`
 * @returns the reason why it could not be sent; null where it was
 */
export function systemdNotify(socket: string, assignments: readonly string[]): Promise<string | null> {
  const env = { NOTIFY_SOCKET: socket, PATH: '/usr/bin:/bin' };
  return new Promise((resolve) => {
    execFile('systemd-notify', assignments, { env, timeout: NOTIFY_MS }, (error) =>
      resolve(error?.message ?? null),
    );
  });
}
