import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Broker, startBroker } from '@jostle/broker';
import { readBrokerConfig } from '@jostle/broker/config';
import { issueToken } from '@jostle/broker/identity';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { receiveNotifications } from '../support/notify-receiver.ts';
import { describeUnlessMissing, missingProgram } from '../support/requirements.ts';
import {
  buildPackage,
  hasGroup,
  hasUser,
  install,
  run,
  ServiceProcess,
  UNIT,
  USER,
  unitValues,
} from './installed-agent.ts';

/** The Debian package on this machine: built, installed, run as systemd would run it, removed. In this order. */

const TOOL = '/usr/bin/jostle-edge';
const CONFIGURATION = '/etc/jostle-edge/jostle-edge.env';
const TOKEN = '/etc/jostle-edge/device-token';
const DATA = '/var/lib/jostle-edge';
/** Where anything of the package may lie. */
const PLACES = ['/etc', '/lib/systemd', '/usr/bin', '/usr/lib', '/usr/share/doc', '/var/lib'];

vi.setConfig({ testTimeout: 120_000 });
const log = pino({ level: 'silent' });
const device = issueToken('BOX-A', 'device');
const missing =
  missingProgram({
    'dpkg-deb': 'dpkg',
    strip: 'binutils',
    'systemd-analyze': 'systemd',
    python3: 'python3',
  }) ?? (process.getuid?.() === 0 ? undefined : 'only root can install a package (sudo npm test)');

/** Owner, group and mode, as `ls -l` has them. */
const access = async (path: string) => (await run('stat', '--format=%U:%G %a', path)).stdout.trim();

describeUnlessMissing(missing, 'the Debian package of the agent', () => {
  let folder: string;
  let broker: Broker;
  let removeAgain = async () => {};

  beforeAll(async () => {
    // The user of the service must reach the socket in it.
    folder = mkdtempSync(join(tmpdir(), 'jostle-package-'));
    await run('chmod', '0755', folder);
    const credentialsFile = join(folder, 'credentials.json');
    writeFileSync(credentialsFile, JSON.stringify({ clients: [device.entry] }));
    const env = { MQTT_PORT: '0', JOSTLE_MQTT_CREDENTIALS: credentialsFile };
    broker = await startBroker(readBrokerConfig(env), log);
    removeAgain = await install(await buildPackage(folder));
  }, 300_000);
  afterAll(async () => {
    await removeAgain();
    await broker.stop();
    rmSync(folder, { recursive: true });
  });

  test('brings a user in the groups of sensors, log and supply, and keeps configuration and data from others', async () => {
    const { stdout } = await run('id', '--name', '--groups', USER);
    expect(stdout.trim().split(' ')).toEqual(
      expect.arrayContaining(['jostle-edge', 'i2c', 'gpio', 'dialout', 'systemd-journal', 'video']),
    );
    expect(await access('/etc/jostle-edge')).toBe('root:jostle-edge 750');
    expect(await access(CONFIGURATION)).toBe('root:jostle-edge 640');
    expect(await access(DATA)).toBe('jostle-edge:jostle-edge 700');
    expect(await access(TOOL)).toBe('root:root 755');
    expect(await access(UNIT)).toBe('root:root 644');
    expect((await run('dpkg', '--verify', 'jostle-edge')).stdout).toBe('');
  });

  test('has a unit that systemd takes, with an exposure of at most 2.0', async () => {
    const verified = await run('systemd-analyze', 'verify', UNIT);
    expect(verified).toEqual({ status: 0, stdout: '', stderr: '' });
    const { stdout } = await run('systemd-analyze', 'security', '--offline=true', '--no-pager', UNIT);
    const [, exposure] = /Overall exposure level for jostle-edge\.service: ([\d.]+)/.exec(stdout) ?? [];
    expect(Number(exposure)).toBeLessThanOrEqual(2);
  });

  test('waits at its start for as long as the salvage of a damaged outbox takes', () => {
    expect(unitValues('TimeoutStartSec')).toEqual(['infinity']);
  });

  test('refuses to run before it is configured, with 78, after which systemd does not start it again', async () => {
    const service = new ServiceProcess({});
    expect(await service.ended).toBe(78);
    expect(service.output).toContain('DEVICE_ID: is required');
    expect(service.output).toContain('DEVICE_TOKEN_FILE: names a file that cannot be read');
    expect(readFileSync(UNIT, 'utf8')).toContain('\nRestartPreventExitStatus=78\n');
  });

  test('says that the simulator is not part of it', async () => {
    const { status, stderr } = await run(TOOL, 'doctor', '--sim', 'demo');
    expect(status).toBe(1);
    expect(stderr).toContain('EDGE_SIMULATOR_ABSENT');
  });

  test('reads the configuration for root as systemd does for the service', async () => {
    const before = readFileSync(CONFIGURATION, 'utf8');
    // Nothing of it is run, and lines may end as an editor of Windows leaves them.
    const lines = ['DEVICE_ID="BOX-A"\r', 'DEVICE_TOKEN_FILE=', '  MQTT_URL=mqtt://$(id)', '; I2C_BUS=7'];
    writeFileSync(CONFIGURATION, `${before}${lines.join('\n')}`);
    const { status, stdout, stderr } = await run(TOOL, 'config', 'validate');
    writeFileSync(CONFIGURATION, before);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^DEVICE_ID +BOX-A /m);
    expect(stdout).toMatch(/^MQTT_URL +mqtt:\/\/\$\(id\) /m);
    expect(stdout).toMatch(/^I2C_BUS +1 /m);
    expect(stdout).toMatch(/^JOSTLE_DATA_DIR +\/var\/lib\/jostle-edge /m);
  });

  test('lets others use what needs no configuration, and says that it could not read one', async () => {
    const asNobody = ['--reuid=nobody', '--regid=nogroup', '--clear-groups'];
    const { status, stdout, stderr } = await run('setpriv', ...asNobody, TOOL, 'replay', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('Usage: jostle-edge replay');
    expect(stderr).toBe(`jostle-edge: ${CONFIGURATION} cannot be read: use sudo, or go on without it\n`);
  });

  test('runs as its user, tells systemd, answers the tool of root, and ends with 0', async () => {
    await run('install', '-m', '0640', '-g', USER, '/dev/null', TOKEN);
    writeFileSync(TOKEN, device.token);
    // No machine has this bus.
    const settings = { DEVICE_ID: 'BOX-A', MQTT_URL: `mqtt://127.0.0.1:${broker.port}`, I2C_BUS: '63' };
    const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
    writeFileSync(CONFIGURATION, readFileSync(CONFIGURATION, 'utf8') + lines.join(''));
    const path = join(folder, 'notify');
    const receiver = await receiveNotifications(path);
    const service = new ServiceProcess({ NOTIFY_SOCKET: path, WATCHDOG_USEC: '900000' });
    try {
      await receiver.until((all) => all.some((said) => said.startsWith('READY=1')));
      await receiver.until((all) => all.some((said) => said.startsWith('WATCHDOG=1\nSTATUS=connected')));
      // The worker thread and its native module are there: it is the bus that is not.
      await vi.waitUntil(() => service.output.includes('/dev/i2c-63 cannot be opened'), { timeout: 20_000 });

      const status = await run(TOOL, 'status', '--json');
      expect(JSON.parse(status.stdout)).toMatchObject({ deviceId: 'BOX-A', isConnected: true });
      expect(await access(join(DATA, 'outbox.db'))).toMatch(/^jostle-edge:jostle-edge /);
      const residentMiB = service.residentMiB();
      console.info(`the installed agent takes ${residentMiB.toFixed(0)} MiB`);
      expect(residentMiB).toBeLessThan(120);
    } finally {
      expect(await service.stop()).toBe(0);
      await receiver.stop();
    }
    expect(receiver.datagrams).toContain('STOPPING=1');
  });

  test("leaves nothing of root's in its data folder when root asks the doctor", async () => {
    const { stdout } = await run(TOOL, 'doctor', '--json');
    const { checks } = JSON.parse(stdout) as { checks: { check: string; verdict: string; found: string }[] };
    const line = (name: string) => checks.find(({ check }) => check === name);
    expect(line('data folder')).toMatchObject({ verdict: 'ok', found: `${DATA} is writable` });
    expect(line('outbox')?.found).toMatch(/^sound, /);
    expect(line('broker')).toMatchObject({ verdict: 'ok' });
    const foreign = await run('find', DATA, '!', '-user', USER);
    expect(foreign.stdout).toBe('');
    expect(statSync(DATA).uid).not.toBe(0);
  });

  test('makes a support bundle for whoever used sudo, where that is', async () => {
    const place = join(folder, 'own');
    await run('install', '-d', '-m', '0700', '-o', 'nobody', '-g', 'nogroup', place);
    const [uid, gid] = (await run('stat', '--format=%u %g', place)).stdout.trim().split(' ');
    const asked = [`--chdir=${place}`, `SUDO_UID=${uid}`, `SUDO_GID=${gid}`, TOOL, 'support-bundle'];
    const { status, stdout, stderr } = await run('env', ...asked, '--out', 'help.tar.gz');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toMatch(/^help\.tar\.gz, \d+ bytes\n/);
    expect(await access(join(place, 'help.tar.gz'))).toBe('nobody:nogroup 600');
    const packed = await run('tar', '--list', '--file', join(place, 'help.tar.gz'));
    expect(packed.stdout).toMatch(/^jostle-support-BOX-A-\w+\/doctor\.txt$/m);

    const again = await run('env', ...asked, '--out', 'help.tar.gz');
    expect(again.status).toBe(1);
    expect(again.stderr).toContain('help.tar.gz is there already');
    expect((await run('env', ...asked)).stdout).toMatch(/^jostle-support-BOX-A-\w+\.tar\.gz, \d+ bytes\n/);
    expect((await run('find', '/tmp', '-maxdepth', '1', '-name', 'jostle-edge.*')).stdout).toBe('');
  });

  test('is gone after its removal but for configuration and data, and after a purge without a trace', async () => {
    expect((await run('dpkg', '--remove', 'jostle-edge')).status).toBe(0);
    const left = await run('find', '/usr/lib/jostle-edge', TOOL, UNIT);
    expect(left.stdout).toBe('');
    expect(await access(CONFIGURATION)).toBe('root:jostle-edge 640');
    expect(statSync(join(DATA, 'outbox.db')).size).toBeGreaterThan(0);

    expect((await run('dpkg', '--purge', 'jostle-edge')).status).toBe(0);
    expect((await run('find', ...PLACES, '-name', '*jostle-edge*')).stdout).toBe('');
    expect(await hasUser(USER)).toBe(false);
    expect(await hasGroup(USER)).toBe(false);
  });
});
