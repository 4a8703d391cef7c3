import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** How the bus is switched on and how fast it runs; null where the machine does not say. */
export interface BusSettings {
  isEnabled: boolean | null;
  baudHz: number | null;
}

/** A radio link as the machine sees it. */
export interface RadioLink {
  name: string;
  /** dBm. */
  levelDbm: number;
}

/** Raspberry Pi documentation, config.txt: the file is on the boot partition, whose place has changed. */
const CONFIG_FILES = ['boot/firmware/config.txt', 'boot/config.txt'];
/** The default of i2c_arm_baudrate (Raspberry Pi firmware, overlays/README). */
const DEFAULT_BAUD_HZ = 100_000;

/** What the kernel was told of the bus; where it does not say, what config.txt asks for. */
export function busSettings(bus: number, root = '/'): BusSettings {
  const node = join(root, `sys/class/i2c-adapter/i2c-${bus}/of_node`);
  const frequency = bytesOf(join(node, 'clock-frequency'));
  if (frequency?.length === 4) return { isEnabled: true, baudHz: frequency.readUInt32BE(0) };
  for (const file of CONFIG_FILES) {
    const text = bytesOf(join(root, file))?.toString('utf8');
    if (text !== undefined) return configTxtBus(text);
  }
  return { isEnabled: null, baudHz: null };
}

/** `dtparam=i2c_arm=on,i2c_arm_baudrate=400000`: the last one counts, and `i2c` is short for `i2c_arm`. */
export function configTxtBus(text: string): BusSettings {
  const settings: BusSettings = { isEnabled: false, baudHz: DEFAULT_BAUD_HZ };
  for (const line of text.split('\n')) {
    const [, parameters] = /^\s*dtparam=([^#\s]+)/.exec(line) ?? [];
    for (const parameter of parameters?.split(',') ?? []) {
      const [name, value = 'on'] = parameter.split('=');
      if (name === 'i2c_arm' || name === 'i2c')
        settings.isEnabled = ['on', 'yes', '1', 'true'].includes(value);
      if (name === 'i2c_arm_baudrate' || name === 'i2c_baudrate') settings.baudHz = Number(value);
    }
  }
  return settings;
}

/** The groups of the list that exist on this machine, and whether the user is in each. */
export function groupsOf(
  names: readonly string[],
  memberOf: readonly number[],
  root = '/',
): { name: string; isMember: boolean }[] {
  const lines = bytesOf(join(root, 'etc/group'))?.toString('utf8').split('\n') ?? [];
  // Key: name; value: group id (group(5)).
  const ids = new Map(lines.map((line) => [line.split(':')[0] ?? '', Number(line.split(':')[2])]));
  return names.flatMap((name) => {
    const id = ids.get(name);
    return id === undefined ? [] : [{ name, isMember: memberOf.includes(id) }];
  });
}

/** Wi-Fi links with their level (Linux wireless extensions, /proc/net/wireless: level in dBm where it is negative). */
export function radioLinks(root = '/'): RadioLink[] {
  const lines = bytesOf(join(root, 'proc/net/wireless'))?.toString('utf8').split('\n').slice(2) ?? [];
  return lines.flatMap((line) => {
    const [, name, level] = /^\s*(\S+):\s+\S+\s+\S+\s+(-\d+)/.exec(line) ?? [];
    return name === undefined ? [] : [{ name, levelDbm: Number(level) }];
  });
}

/** When timesyncd last set the clock, ms since the epoch (systemd-timesyncd.service(8), section FILES). */
export function synchronisedAt(root = '/'): number | null {
  try {
    return statSync(join(root, 'run/systemd/timesync/synchronized')).mtimeMs;
  } catch {
    return null;
  }
}

/** Kernel, distribution and board in words. */
export function systemNames(root = '/'): { os: string | null; board: string | null } {
  const release = bytesOf(join(root, 'etc/os-release'))?.toString('utf8') ?? '';
  const [, os = null] = /^PRETTY_NAME="?([^"\n]+)/m.exec(release) ?? [];
  // A device-tree text ends with a NUL.
  const board = bytesOf(join(root, 'proc/device-tree/model'))?.toString('utf8').replace(/\0/g, '') ?? null;
  return { os, board };
}

function bytesOf(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}
