import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  busSettings,
  configTxtBus,
  groupsOf,
  radioLinks,
  synchronisedAt,
  systemNames,
} from './machine-files.ts';

/** A machine whose files are these. */
function machine(files: Record<string, string | Buffer>): string {
  const root = mkdtempSync(join(tmpdir(), 'jostle-machine-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

test('the kernel says how fast the bus is, whatever config.txt asks for', () => {
  const frequency = Buffer.alloc(4);
  frequency.writeUInt32BE(400_000);
  const root = machine({
    'sys/class/i2c-adapter/i2c-1/of_node/clock-frequency': frequency,
    'boot/firmware/config.txt': 'dtparam=i2c_arm=off\n',
  });
  expect(busSettings(1, root)).toEqual({ isEnabled: true, baudHz: 400_000 });
  expect(busSettings(3, root)).toEqual({ isEnabled: false, baudHz: 100_000 });
});

test.each([
  ['dtparam=i2c_arm=on,i2c_arm_baudrate=400000', true, 400_000],
  ['dtparam=i2c_arm=on\n  dtparam=i2c_arm_baudrate=1000000 # fast', true, 1_000_000],
  ['dtparam=i2c', true, 100_000],
  ['dtparam=i2c_arm=on\ndtparam=i2c_arm=off', false, 100_000],
  ['#dtparam=i2c_arm=on\n\n[all]\ndtparam=audio=on', false, 100_000],
])('config.txt with %j', (text, isEnabled, baudHz) => {
  expect(configTxtBus(text)).toEqual({ isEnabled, baudHz });
});

test('a machine that is no Raspberry Pi says nothing', () => {
  const root = machine({});
  expect(busSettings(1, root)).toEqual({ isEnabled: null, baudHz: null });
  expect(radioLinks(root)).toEqual([]);
  expect(groupsOf(['i2c'], [1000], root)).toEqual([]);
  expect(synchronisedAt(root)).toBeNull();
  expect(systemNames(root)).toEqual({ os: null, board: null });
});

test('only groups that exist are looked at', () => {
  const root = machine({ 'etc/group': 'root:x:0:\ni2c:x:994:pi\ngpio:x:993:pi\n' });
  expect(groupsOf(['i2c', 'gpio', 'dialout'], [0, 994], root)).toEqual([
    { name: 'i2c', isMember: true },
    { name: 'gpio', isMember: false },
  ]);
});

test('Wi-Fi links are read with their level', () => {
  const root = machine({
    'proc/net/wireless': `Inter-| sta-|   Quality        |   Discarded packets               | Missed | WE
 face | tus | link level noise |  nwid  crypt   frag  retry   misc | beacon | 22
 wlan0: 0000   52.  -58.  -256        0      0      0      0     12        0
`,
  });
  expect(radioLinks(root)).toEqual([{ name: 'wlan0', levelDbm: -58 }]);
});

test('the last synchronisation, the distribution and the board are told', () => {
  const root = machine({
    'run/systemd/timesync/synchronized': '',
    'etc/os-release': 'NAME="Debian GNU/Linux"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
    'proc/device-tree/model': 'Raspberry Pi 4 Model B Rev 1.4\0',
  });
  utimesSync(join(root, 'run/systemd/timesync/synchronized'), 1_000, 1_000);
  expect(synchronisedAt(root)).toBe(1_000_000);
  expect(systemNames(root)).toEqual({
    os: 'Debian GNU/Linux 12 (bookworm)',
    board: 'Raspberry Pi 4 Model B Rev 1.4',
  });
});
