import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import type { HostFacts } from './station.ts';

/** `engines` of the package. */
const NODE_LEAST: readonly [major: number, minor: number] = [20, 19];
/** 800 samples of 6 bytes and the FIFO status take a third of a bus at 400 kHz and more than all of one at 100 kHz. */
const BAUD_LEAST_HZ = 400_000;
/** Below this, links break off; ours, from the receiver sensitivity of usual modules at their lowest rates. */
const RADIO_LEAST_DBM = -80;

export function softwareCheck({ version, node }: HostFacts['software']): CheckResult {
  const check = 'software';
  const [major = 0, minor = 0] = node.split('.').map(Number);
  const found = `jostle-edge ${version} on Node ${node}`;
  const isOld = major < NODE_LEAST[0] || (major === NODE_LEAST[0] && minor < NODE_LEAST[1]);
  return isOld ? fail(check, found, `Install Node ${NODE_LEAST.join('.')} or newer.`) : ok(check, found);
}

/** Whether the bus is switched on and fast enough for a shock recorder. */
export function busSpeedCheck({ isEnabled, baudHz }: HostFacts['bus'], hasShock: boolean): CheckResult {
  const check = 'bus speed';
  const fix =
    'Set dtparam=i2c_arm=on,i2c_arm_baudrate=400000 in /boot/firmware/config.txt, and start the machine again.';
  if (isEnabled === null || baudHz === null) return skipped(check, 'this machine does not say');
  if (!isEnabled) return fail(check, 'I2C is switched off', fix);
  const found = `${(baudHz / 1000).toFixed(0)} kHz`;
  return baudHz < BAUD_LEAST_HZ && hasShock
    ? warn(check, `${found}: too slow for 800 samples a second`, fix)
    : ok(check, found);
}

export function groupsCheck(groups: HostFacts['groups'], user: string): CheckResult {
  const check = 'groups';
  if (groups.length === 0) return skipped(check, 'root needs none, and another system may have none');
  const missing = groups.filter(({ isMember }) => !isMember).map(({ name }) => name);
  if (missing.length === 0) return ok(check, groups.map(({ name }) => name).join(', '));
  return warn(
    check,
    `${user} is not in ${missing.join(', ')}`,
    `sudo usermod -aG ${missing.join(',')} ${user}, and log in again; or run this as the user of the agent.`,
  );
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
