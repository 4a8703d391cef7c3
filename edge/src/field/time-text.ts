import type { AgentStatus } from '../agent-status.ts';
import { durationText } from './duration-text.ts';

/** How what is measured now gets its time. */
export function timeText({ time, clock, wallMs }: Pick<AgentStatus, 'time' | 'clock' | 'wallMs'>): string {
  const { bootNumber, anchoredAt, unsyncedMs } = time;
  const boot = bootNumber === null ? 'no record yet' : `boot ${bootNumber}`;
  if (unsyncedMs === null)
    return anchoredAt === null ? boot : `${boot}, anchored ${agoText(anchoredAt, wallMs)}`;
  const unsynced = `${boot}, not synchronised for ${durationText(unsyncedMs)}`;
  return clock === 'rtc'
    ? `${unsynced}; a battery clock keeps the time`
    : `${unsynced}; records get their time at the next synchronisation`;
}

/** Both ms since the epoch; a time that is still to come is 0 s ago. */
export function agoText(atMs: number, wallMs: number): string {
  return `${durationText(Math.max(0, wallMs - atMs))} ago`;
}
