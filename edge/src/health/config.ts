import { readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';

/**
 * What systemd tells a service in its environment (sd_notify(3), sd_watchdog_enabled(3)). Not for people to set, so
 * that it is no part of the agent's configuration.
 */
const ServiceEnvironment = Type.Object({
  notifySocket: Type.Optional(
    Type.String({ env: 'NOTIFY_SOCKET', title: 'Where systemd listens.', minLength: 1 }),
  ),
  watchdogUs: Type.Optional(
    Type.Integer({ env: 'WATCHDOG_USEC', title: 'Silence after which systemd ends us, µs.', minimum: 1 }),
  ),
  watchdogPid: Type.Optional(
    Type.Integer({ env: 'WATCHDOG_PID', title: 'The process that is watched.', minimum: 1 }),
  ),
});

/** A service manager that wants to hear from this process. */
export interface ServiceManager {
  /** A unix datagram socket; one that begins with `@` is abstract. */
  notifySocket: string;
  /** Silence after which this process is ended, ms; null where it is not watched. */
  watchdogMs: number | null;
}

/** The service manager that started this process; null where it was started by hand. */
export function readServiceManager(): ServiceManager | null {
  return serviceManagerOf(
    readConfig(ServiceEnvironment, process.env, () => ''),
    process.pid,
  );
}

/** @param pid of this process: the environment of a watched one also reaches its children, which are not watched */
export function serviceManagerOf(
  { notifySocket, watchdogUs, watchdogPid }: Static<typeof ServiceEnvironment>,
  pid: number,
): ServiceManager | null {
  if (notifySocket === undefined) return null;
  const isWatched = watchdogUs !== undefined && (watchdogPid === undefined || watchdogPid === pid);
  return { notifySocket, watchdogMs: isWatched ? watchdogUs / 1000 : null };
}
