import type { AgentStatus } from '../agent-status.ts';
import type { AgentConfig } from '../config.ts';
import { backlogCheck, roomCheck } from './backlog-checks.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import type { HostFacts } from './station.ts';

const DAY_MS = 86_400_000;
/** A rate over less than this says little: coverage comes once a minute. */
const RATE_AFTER_MS = 10 * 60_000;

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
    timeCheck(status.time, status.wallMs),
    ...(freeBytes === null ? [] : [roomCheck(storedPerDay, backlog, freeBytes, config.outboxMaxRecords)]),
  ];
}

/** The same from what an agent that does not run has left behind. */
export function noAgentChecks(facts: HostFacts, config: AgentConfig, wallMs: number): CheckResult[] {
  const agent = skipped('agent', 'not running; the bus is free to be asked');
  const { outbox, dataFolder } = facts;
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

function timeCheck({ bootNumber, anchoredAt, unsyncedMs }: AgentStatus['time'], wallMs: number): CheckResult {
  const check = 'time';
  const boot = `boot ${bootNumber ?? 'without a record'}`;
  if (unsyncedMs !== null)
    return warn(
      check,
      `${boot}, not synchronised for ${Math.round(unsyncedMs / 1000)} s`,
      'Give it a network with NTP: what was recorded gets its time then. Do not restart it before.',
    );
  const age =
    anchoredAt === null ? 'not anchored yet' : `anchored ${Math.round((wallMs - anchoredAt) / 1000)} s ago`;
  return ok(check, `${boot}, ${age}`);
}
