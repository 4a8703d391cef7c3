import type { AgentStatus } from '../agent-status.ts';
import type { AgentConfig } from '../config.ts';
import { RATE_AFTER_MS } from '../record-keeper.ts';
import { backlogCheck, roomCheck } from './backlog-checks.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import { recordsText } from './records-text.ts';
import type { HostFacts } from './station.ts';
import { timeText } from './time-text.ts';

const DAY_MS = 86_400_000;

/** What the running agent says in place of what cannot be asked while it has outbox and login. */
export function agentChecks(status: AgentStatus, config: AgentConfig): CheckResult[] {
  const { deviceId, version, isConnected, backlog, storedPerDay, freeBytes } = status;
  return [
    ok('agent', `running as ${deviceId}, version ${version}; it has the bus, so that it was asked`),
    isConnected
      ? ok('broker', 'the agent is connected')
      : fail(
          'broker',
          'the agent has no connection',
          'Check the network, MQTT_URL and DEVICE_TOKEN; the log of the agent has the reason.',
        ),
    backlogCheck({ ...status, records: backlog }, status.wallMs),
    timeCheck(status),
    ...(freeBytes === null ? [] : [roomCheck(storedPerDay, backlog, freeBytes, config.outboxMaxRecords)]),
    ...storingChecks(status),
  ];
}

/** Said only where something is wrong. */
function storingChecks({ hasBallast, unstored }: AgentStatus): CheckResult[] {
  const check = 'storing';
  const fix = 'Make room on the card, or try another card: routine records are being dropped.';
  if (unstored > 0) return [fail(check, `${recordsText(unstored)} wait in memory: the disk takes none`, fix)];
  return hasBallast ? [] : [fail(check, 'the disk was full: the room set aside for that is used up', fix)];
}

/** The same from what an agent that does not run has left behind. */
export function noAgentChecks(
  { outbox, dataFolder }: Pick<HostFacts, 'outbox' | 'dataFolder'>,
  config: AgentConfig,
  wallMs: number,
): CheckResult[] {
  const agent = skipped('agent', 'not running; the bus is free to be asked');
  if (outbox.kind !== 'sound') return [agent];
  const { records, oldestMeasuredAt, lastMeasuredAt } = outbox;
  const spanMs = (lastMeasuredAt ?? 0) - (oldestMeasuredAt ?? 0);
  const perDay = records > 0 && spanMs >= RATE_AFTER_MS ? Math.round((records * DAY_MS) / spanMs) : null;
  return [
    agent,
    backlogCheck(outbox, wallMs),
    roomCheck(perDay, records, dataFolder.freeBytes, config.outboxMaxRecords),
  ];
}

/** A battery clock dates what is recorded well enough: there is nothing to wait for. */
function timeCheck(status: AgentStatus): CheckResult {
  const check = 'time';
  const found = timeText(status);
  return status.time.unsyncedMs === null || status.clock === 'rtc'
    ? ok(check, found)
    : warn(check, found, 'Give it a network with NTP, and do not restart it before.');
}
