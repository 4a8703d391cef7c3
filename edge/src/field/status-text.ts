import { textTable } from '@jostle/contracts';
import type { AgentStatus } from '../agent-status.ts';
import { recordsText } from './records-text.ts';
import { agoText, timeText } from './time-text.ts';

const CLOCK_WORDS: Record<AgentStatus['clock'], string> = {
  ntp: 'synchronised',
  rtc: 'kept by a battery clock',
  none: 'not trusted: neither synchronised nor a battery clock',
};

/** What a running agent says of itself. */
export function statusText(status: AgentStatus): string {
  const { deviceId, version, epoch, isConnected, backlog, lastReceiptAt, clock } = status;
  const { oldestMeasuredAt, wallMs } = status;
  const oldest =
    oldestMeasuredAt === null ? '' : `, the oldest measured ${agoText(oldestMeasuredAt, wallMs)}`;
  const facts = [
    ['device', `${deviceId}, agent ${version}`],
    ['outbox', `epoch ${epoch}`],
    ['broker', isConnected ? 'connected' : 'no connection'],
    ['backlog', `${recordsText(backlog)} without a receipt${oldest}`],
    ['last receipt', lastReceiptAt === null ? 'none ever' : agoText(lastReceiptAt, wallMs)],
    ['clock', CLOCK_WORDS[clock]],
    ['time', timeText(status)],
    ['disk', diskText(status)],
  ];
  const sensors = status.sensorStates.map(({ sensor, fault, lastMeasuredAt, latest }) => [
    sensor,
    fault === null ? 'ok' : `${fault.reason}: ${fault.detail}`,
    latest ?? 'no record yet',
    lastMeasuredAt === null ? '–' : agoText(lastMeasuredAt, wallMs),
  ]);
  const lines = facts.map(([name = '', value]) => `${name.padEnd(12)}  ${value}`);
  return `${lines.join('\n')}\n\n${textTable(['sensor', 'state', 'latest', 'measured'], sensors)}\n`;
}

function diskText({ freeBytes, hasBallast, unstored }: AgentStatus): string {
  const free =
    freeBytes === null ? 'unknown' : `${Math.floor(freeBytes / 1024 ** 2).toLocaleString('en')} MiB free`;
  const reserve = hasBallast ? '' : '; was full, the room set aside for that is used up';
  return `${free}${reserve}${unstored === 0 ? '' : `; ${recordsText(unstored)} wait in memory`}`;
}
