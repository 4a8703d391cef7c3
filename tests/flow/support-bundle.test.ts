import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '@jostle/contracts';
import { runAgent } from '@jostle/edge/agent';
import { AgentConfig } from '@jostle/edge/config';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';

/** The bundle goes to strangers by mail. */

const TOOL = fileURLToPath(new URL('../../edge/bin/jostle-edge.js', import.meta.url));
const IN_ENV = 'tok-env-4f9aQ7/xx+1';
const IN_FILE = 'tok-file-77c1';
const IN_URL = 'url-pass-93ab';
const IN_LOG = 'log-key-55de';

function desk(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-bundle-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const journal = [
    `agent[1]: login with ${IN_ENV} refused`,
    `agent[1]: {"deviceToken":"${IN_LOG}","url":"mqtts://box:${IN_URL}@broker.example"}`,
    `agent[1]: read ${IN_FILE} from its file; as base64 ${Buffer.from(IN_ENV).toString('base64')}`,
    'agent[1]: hardware worker is ready',
  ];
  writeFileSync(join(folder, 'journalctl'), `#!/bin/sh\ncat <<'END'\n${journal.join('\n')}\nEND\n`);
  chmodSync(join(folder, 'journalctl'), 0o755);
  writeFileSync(join(folder, 'token'), `${IN_FILE}\n`);
  return folder;
}

const environment = (folder: string, change: Record<string, string> = {}) => ({
  PATH: `${folder}:${process.env['PATH']}`,
  DEVICE_ID: 'BOX-A',
  DEVICE_TOKEN: IN_ENV,
  DEVICE_TOKEN_FILE: join(folder, 'token'),
  JOSTLE_DATA_DIR: join(folder, 'data'),
  MQTT_URL: `mqtt://box:${IN_URL}@127.0.0.1:1`,
  I2C_BUS: '63',
  ...change,
});

function bundle(folder: string, env: Record<string, string>) {
  const out = join(folder, 'bundle.tar.gz');
  const { status, stdout, stderr } = spawnSync(process.execPath, [TOOL, 'support-bundle', '--out', out], {
    env,
    encoding: 'utf8',
  });
  expect(stderr).toBe('');
  expect(status).toBe(0);
  expect(statSync(out).mode & 0o777).toBe(0o600);
  execFileSync('tar', ['-xzf', out, '-C', folder]);
  const [inside = ''] = readdirSync(folder).filter((name) => name.startsWith('jostle-support-'));
  const files = new Map(
    readdirSync(join(folder, inside)).map((name) => [name, readFileSync(join(folder, inside, name), 'utf8')]),
  );
  return { stdout, files, everything: [stdout, inside, ...files.values()].join('\n') };
}

test('no token of environment, file, address or log is anywhere in the bundle', () => {
  const folder = desk();
  const { stdout, files, everything } = bundle(folder, environment(folder));
  for (const secret of [IN_ENV, IN_FILE, IN_URL, IN_LOG, Buffer.from(IN_ENV).toString('base64')])
    expect(everything).not.toContain(secret);

  expect([...files.keys()].sort()).toEqual([
    'config.txt',
    'contents.txt',
    'doctor.json',
    'doctor.txt',
    'journal.txt',
    'machine.json',
    'outbox.json',
  ]);
  expect(files.get('journal.txt')).toContain('hardware worker is ready');
  expect(files.get('config.txt')).toMatch(/MQTT_URL +mqtt:\/\/\(hidden\)@127\.0\.0\.1:1/);
  expect(files.get('doctor.txt')).toMatch(/^FAIL +broker port +127\.0\.0\.1:1: .*ECONNREFUSED/m);
  expect(JSON.parse(files.get('outbox.json') ?? '')).toEqual({ kind: 'absent' });
  expect(JSON.parse(files.get('machine.json') ?? '')).toMatchObject({
    node: { node: process.versions.node },
  });
  expect(stdout).toMatch(/status\.json +no agent is running/);
  expect(stdout).toMatch(/scan\.txt +EDGE_SENSOR_ABSENT/);
});

test('a configuration that cannot be used is told, and still no secret', () => {
  const folder = desk();
  const { files, everything } = bundle(folder, environment(folder, { I2C_BUS: '-1', DEVICE_ID: 'box' }));
  expect(files.get('config.txt')).toMatch(/^DEVICE_ID: /m);
  expect(files.get('journal.txt')).toContain('hardware worker is ready');
  for (const secret of [IN_ENV, IN_FILE, IN_URL, IN_LOG]) expect(everything).not.toContain(secret);
});

test('an outbox is told by counts and faults, never by what was measured', async () => {
  const folder = desk();
  const env = environment(folder);
  const agent = runAgent({
    config: readConfig(AgentConfig, env, () => ''),
    workerUrl: new URL(
      `data:text/javascript,${encodeURIComponent(`
        import { parentPort } from 'node:worker_threads';
        const time = { measuredAt: 5000, monotonicMs: 1, clockQuality: 'ntp' };
        const fault = { sensor: 'bme280-76', isRaised: true, reason: 'absent', detail: 'no answer: nack' };
        parentPort.postMessage({ type: 'records', drafts: [
          { ...time, kind: 'climate', body: { sensor: 'sht31d-44', temperatureC: 36.25, ageMs: 0 } },
          { ...time, kind: 'fault', body: fault },
        ] });
        parentPort.postMessage({ type: 'ready', sensors: [] });
        parentPort.on('message', () => parentPort.postMessage({ type: 'stopped' }));`)}`,
    ),
    workerData: () => null,
    log: pino({ level: 'silent' }),
  });
  await agent.sensing;
  await agent.stop();
  const { files, everything } = bundle(folder, env);
  expect(JSON.parse(files.get('outbox.json') ?? '')).toMatchObject({
    kinds: { climate: 1, fault: 1 },
    firstSeq: 1,
    lastSeq: 2,
    faults: [{ seq: 2, sensor: 'bme280-76', detail: 'no answer: nack' }],
  });
  expect(everything).not.toContain('36.25');
});

test('a file that is there already is not written over', () => {
  const folder = desk();
  const out = join(folder, 'mine.tar.gz');
  writeFileSync(out, 'mine');
  const args = [TOOL, 'support-bundle', '--sim', 'quiet', '--out', out];
  const { status, stderr } = spawnSync(process.execPath, args, {
    env: environment(folder),
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toContain('EDGE_BUNDLE_UNWRITABLE');
  expect(readFileSync(out, 'utf8')).toBe('mine');
});
