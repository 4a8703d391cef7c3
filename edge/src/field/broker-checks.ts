import type { AgentConfig } from '../config.ts';
import type { BrokerReach, ReachStep } from '../uplink/broker-reach.ts';
import type { LoginOutcome } from '../uplink/mqtt-link.ts';
import { type CheckResult, fail, ok, skipped } from './check-result.ts';
import { withoutCredentials } from './redaction.ts';

const NAMES: Record<ReachStep, string> = { dns: 'broker name', tcp: 'broker port', tls: 'broker TLS' };
const FIXES: Record<ReachStep, string> = {
  dns: 'Check the name in MQTT_URL, and the name server of the network (`resolvectl status`).',
  tcp: 'Check the network, the port in MQTT_URL and the firewall. Nothing is lost meanwhile: records wait in the outbox.',
  tls: 'Check the clock of this machine, the name in MQTT_URL and the certificate; a CA of your own goes into NODE_EXTRA_CA_CERTS.',
};

/**
 * The way to the broker step by step, to the first that fails.
 *
 * @param login null where the agent has it, and says itself how it is
 */
export function brokerChecks(
  { steps }: BrokerReach,
  login: LoginOutcome | null,
  config: AgentConfig,
): CheckResult[] {
  const results = steps.map(({ step, isOk, found }) =>
    isOk ? ok(NAMES[step], found) : fail(NAMES[step], `${hostOf(config)}: ${found}`, FIXES[step]),
  );
  if (login === null) return results;
  const isReached = steps.every(({ isOk }) => isOk);
  return [
    ...results,
    isReached ? loginCheck(login, config) : skipped('broker', 'not asked: it cannot be reached'),
  ];
}

function loginCheck(login: LoginOutcome, { mqttUrl, deviceId }: AgentConfig): CheckResult {
  const check = 'broker';
  const url = withoutCredentials(mqttUrl);
  switch (login.kind) {
    case 'accepted':
      return ok(check, `${url} accepts ${deviceId}`);
    case 'refused':
      return fail(
        check,
        `${url} refuses ${deviceId}: ${login.reason}`,
        'Compare DEVICE_ID and DEVICE_TOKEN with what the broker was given.',
      );
    case 'unreachable':
      return fail(
        check,
        `${url} does not speak MQTT with us: ${login.reason}`,
        'See whether a broker listens there: mqtt:// for one without TLS, mqtts:// for one with.',
      );
  }
}

function hostOf({ mqttUrl }: AgentConfig): string {
  return new URL(mqttUrl).host;
}
