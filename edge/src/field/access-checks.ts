import type { SensingConfig } from '../sensing/sensing-config.ts';
import { accelerometersOf } from './accelerometers.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import type { HostFacts } from './station.ts';

/** 800 samples of 6 bytes and the FIFO status take a third of a bus at 400 kHz and more than all of one at 100 kHz. */
const BAUD_LEAST_HZ = 400_000;

/** What brings a device file about, and the group that may open it (Raspberry Pi OS, udev rules). */
const BUS_FILES = {
  i2c: { present: 'Add dtparam=i2c_arm=on to /boot/firmware/config.txt and restart.', group: 'i2c' },
  serial: {
    present: 'Plug in the Arduino, and name its port in BOARD: `ls /dev/ttyACM* /dev/ttyUSB*` shows it.',
    group: 'dialout',
  },
} as const;
/** Who may open an interrupt line (same). */
const LINE_GROUP = 'gpio';

/** What lies between the user and the sensors. The bus of an Arduino is not this machine's: its speed is not seen here. */
export function accessChecks(
  { busFile, bus, groups, user }: Pick<HostFacts, 'busFile' | 'bus' | 'groups' | 'user'>,
  sensors: SensingConfig,
): CheckResult[] {
  const checks = [busFileCheck(busFile)];
  if (busFile.kind === 'i2c') {
    const shock = accelerometersOf(sensors).find(({ role }) => role === 'shock');
    checks.push(busSpeedCheck(bus, shock?.fifo.rateHz ?? null));
  }
  const needed = groupsNeeded(busFile.kind, sensors);
  if (needed.length > 0) {
    const asked = groups.filter(({ name }) => needed.includes(name));
    checks.push(groupsCheck(asked, user));
  }
  return checks;
}

/** A board on the network is no file that a group could open. */
function groupsNeeded(kind: HostFacts['busFile']['kind'], { shock }: SensingConfig): string[] {
  const bus = kind === 'network' ? [] : [BUS_FILES[kind].group];
  return shock?.interruptLine === undefined ? bus : [...bus, LINE_GROUP];
}

function busFileCheck({ kind, path, state }: HostFacts['busFile']): CheckResult {
  const check = 'bus';
  if (kind === 'network') return skipped(check, `an Arduino at ${path}, asked for the sensors`);
  const { present, group } = BUS_FILES[kind];
  if (state === 'absent') return fail(check, `${path} is not there`, present);
  if (state === 'denied')
    return fail(check, `${path} may not be opened`, `Add the user to the group ${group}, and log in again.`);
  return ok(check, `${path} can be opened`);
}

/**
 * Whether the bus is switched on and fast enough for a shock recorder.
 *
 * @param shockHz samples a second of the shock recorder; null where there is none
 */
function busSpeedCheck({ isEnabled, baudHz }: HostFacts['bus'], shockHz: number | null): CheckResult {
  const check = 'bus speed';
  const fix =
    'Set dtparam=i2c_arm=on,i2c_arm_baudrate=400000 in /boot/firmware/config.txt, and start the machine again.';
  if (isEnabled === null || baudHz === null) return skipped(check, 'this machine does not say');
  if (!isEnabled) return fail(check, 'I2C is switched off', fix);
  const found = `${(baudHz / 1000).toFixed(0)} kHz`;
  return baudHz < BAUD_LEAST_HZ && shockHz !== null
    ? warn(check, `${found}: too slow for ${shockHz.toLocaleString('en')} samples a second`, fix)
    : ok(check, found);
}

function groupsCheck(groups: HostFacts['groups'], user: string): CheckResult {
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
