import { type CheckResult, fail, ok, warn } from './check-result.ts';
import type { HostFacts } from './station.ts';

/** `engines` of the package. */
const NODE_LEAST: readonly [major: number, minor: number] = [20, 19];
/** Below this, links break off; ours, from the receiver sensitivity of usual modules at their lowest rates. */
const RADIO_LEAST_DBM = -80;

export function softwareCheck({ version, node }: HostFacts['software']): CheckResult {
  const check = 'software';
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const found = `jostle-edge ${version} on Node ${node}`;
  const isOld = major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1]);
  return isOld ? fail(check, found, `Install Node ${NODE_LEAST.join('.')} or newer.`) : ok(check, found);
}

/** One line per Wi-Fi link; none where the machine has no such link. */
export function radioChecks(radio: HostFacts['radio']): CheckResult[] {
  return radio.map(({ name, levelDbm }) => {
    const found = `${levelDbm} dBm`;
    return levelDbm < RADIO_LEAST_DBM
      ? warn(`radio ${name}`, found, 'Bring the antenna out of the box, or the access point nearer.')
      : ok(`radio ${name}`, found);
  });
}
