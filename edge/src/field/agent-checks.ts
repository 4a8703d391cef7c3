import type { AgentStatus } from '../agent.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';

/** Without a receipt for so long something between here and ingest is broken: records are made every minute. */
const RECEIPT_OVERDUE_MS = 5 * 60_000;

/** What the running agent says in place of what cannot be asked while it has bus, outbox and login. */
export function agentChecks(status: AgentStatus, wallMs: number): CheckResult[] {
  return [
    ok('agent', `running as ${status.deviceId}; it has the bus, so that it was asked`),
    status.isConnected
      ? ok('broker', 'the agent is connected')
      : fail(
          'broker',
          'the agent has no connection',
          'Check the network, MQTT_URL and DEVICE_TOKEN; the log of the agent has the reason.',
        ),
    backlogCheck(status, wallMs),
    timeCheck(status.time, wallMs),
    ...status.sensorStates.map(sensorCheck),
  ];
}

/** Without an agent there is no receipt to tell of. */
export function noAgentCheck(): CheckResult {
  return skipped('agent', 'not running; last receipt unknown, the bus is free to be asked');
}

function backlogCheck({ backlog, lastReceiptAt }: AgentStatus, wallMs: number): CheckResult {
  const check = 'backlog';
  const records = `${backlog.toLocaleString('en')} records without a receipt`;
  if (lastReceiptAt === null)
    return backlog === 0
      ? ok(check, `${records}, none delivered since the start`)
      : warn(
          check,
          `${records}, no receipt since the start`,
          'Check that ingest runs and knows this device.',
        );
  const ageMs = wallMs - lastReceiptAt;
  const found = `${records}, last receipt ${Math.round(ageMs / 1000)} s ago`;
  return backlog > 0 && ageMs > RECEIPT_OVERDUE_MS
    ? warn(check, found, 'Check that ingest runs and knows this device.')
    : ok(check, found);
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

function sensorCheck({ sensor, fault }: AgentStatus['sensorStates'][number]): CheckResult {
  if (fault === null) return ok(sensor, 'gives values');
  return fail(sensor, `${fault.reason}: ${fault.detail}`, 'Check cable, address and supply of this sensor.');
}
