import type { Clock } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { ServiceManager } from './config.ts';
import { type AgentHealth, ailmentsOf } from './health.ts';
import { watchLoopLag } from './loop-lag.ts';
import { systemdNotify } from './systemd-notify.ts';

/** A sign of life may go astray, or come late, twice (sd_watchdog_enabled(3) asks for half of the time or less). */
const BEATS_PER_WATCHDOG = 3;

export interface ServiceReportOptions {
  /** Null where this process was started by hand: then nothing is reported. */
  manager: ServiceManager | null;
  health(): AgentHealth;
  /** One line for `systemctl status`. */
  summary(): string;
  clock: Clock;
  log: Logger;
}

export interface ServiceReport {
  /** Says that the agent is stopping; resolves when that was sent. */
  stopping(): Promise<void>;
}

/**
 * Tells systemd that the agent has started, gives it a sign of life only while the agent is well, and tells it when the
 * agent stops. An agent that is not well is so ended by systemd's watchdog, and started again.
 */
export function reportToServiceManager(options: ServiceReportOptions): ServiceReport {
  const { manager, health, summary, clock, log } = options;
  if (manager === null) return { stopping: async () => {} };

  const send = async (...assignments: string[]) => {
    const problem = await systemdNotify(manager.notifySocket, assignments);
    if (problem !== null) log.warn({ problem }, 'systemd could not be told');
  };
  const ready = send('READY=1', `STATUS=${summary()}`);
  if (manager.watchdogMs === null) return { stopping: () => ready.then(() => send('STOPPING=1')) };

  const lag = watchLoopLag(clock);
  let lastBeat = ready;
  const beat = () => {
    const ailments = ailmentsOf(health(), lag.worstMs());
    if (ailments.length > 0) log.error({ ailments }, 'no sign of life to systemd: the agent is not well');
    lastBeat = lastBeat.then(() =>
      ailments.length > 0
        ? send(`STATUS=not well: ${ailments.join(', ')}`)
        : send('WATCHDOG=1', `STATUS=${summary()}`),
    );
  };
  const timer = setInterval(beat, manager.watchdogMs / BEATS_PER_WATCHDOG);
  return {
    stopping: () => {
      clearInterval(timer);
      lag.stop();
      return lastBeat.then(() => send('STOPPING=1'));
    },
  };
}
