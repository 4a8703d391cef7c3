import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { DeviceWithState, Finding, Return } from '@jostle/contracts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Demo } from '../support/demo.ts';
import { freePort } from '../support/servers.ts';

type ReturnItem = Return & { finding: { place: string | null; dropHeightM: number | null } | null };

const READY_MS = 45_000;
/** The promise of the README: the finding stands within a minute of "ready". */
const TOLD_MS = 60_000;

const dataDir = mkdtempSync(join(tmpdir(), 'jostle-start-'));
const eventually = <T>(check: () => Promise<T> | T, timeout: number) =>
  vi.waitFor(check, { timeout, interval: 250 });

let demo: Demo;
let httpPort: number;
let mqttPort: number;

beforeAll(async () => {
  httpPort = await freePort();
  mqttPort = await freePort();
  demo = new Demo(dataDir, httpPort, mqttPort);
});

afterAll(async () => {
  await demo.interrupt();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('npm start', { sequential: true }, () => {
  let finding: Finding;

  test('says that it is ready, with a table of addresses', { timeout: READY_MS + 5_000 }, async () => {
    await eventually(() => expect(demo.output).toContain('Jostle is ready.'), READY_MS);
    expect(demo.output).toContain(`${demo.url}/`);
    expect(demo.output).toContain(`mqtt://127.0.0.1:${mqttPort}`);
  });

  test('tells the story within a minute, although ingest is killed on the way', {
    timeout: TOLD_MS + 5_000,
  }, async () => {
    await eventually(async () => {
      const { state } = await demo.get<DeviceWithState>('/devices/DEV-03');
      expect(state?.lastMeasuredAt).toEqual(expect.any(String));
    }, 20_000);
    const before = demo.pidOf('ingest');
    process.kill(before, 'SIGKILL');
    const { items } = await eventually(async () => {
      const page = await demo.get<{ items: ReturnItem[] }>('/returns');
      expect(page.items).toHaveLength(2);
      return page;
    }, TOLD_MS);
    expect(demo.pidOf('ingest')).not.toBe(before);
    const dropped = items.find((item) => item.damageKind === 'shattered');
    expect(dropped?.finding?.place).toBe('Hub Spaanse Polder');
    expect(dropped?.finding?.dropHeightM).toBeGreaterThan(0.72);
    expect(dropped?.finding?.dropHeightM).toBeLessThan(0.88);
  });

  test('names the leg, the custodian and the shock event of the parcel that fell', async () => {
    finding = await demo.get<Finding>('/returns/RET-1001/finding');
    expect(finding.verdict).toBe('transit-event');
    expect(finding.cause).toMatchObject({
      legId: 'LEG-3-HUB',
      custodian: 'DELTA-PARCEL',
      place: 'Hub Spaanse Polder',
    });
    expect(finding.cause?.shock).toMatchObject({
      impactClass: 'drop',
      isClipped: false,
      boundary: expect.any(String),
    });
    expect(finding.shares.reduce((sum, s) => sum + s.share, 0)).toBeCloseTo(1, 9);
    expect(finding.explanation).toContain('Hub Spaanse Polder');
    expect(finding.observedMinutes + finding.unobservedMinutes).toBeCloseTo(27, 6);
  });

  test('says of the quiet parcel that no transit event explains the damage', async () => {
    const quiet = await demo.get<Finding>('/returns/RET-1002/finding');
    expect(quiet.verdict).toBe('no-transit-event');
    expect(quiet.cause).toBeNull();
    expect(quiet.legs.flatMap((leg) => leg.shocks)).toEqual([]);
    expect(quiet.observedMinutes).toBeGreaterThan(25);
    expect(quiet.shares.reduce((sum, s) => sum + s.share, 0)).toBeCloseTo(1, 9);
  });

  test('prints the same finding in the terminal', async () => {
    const bin = fileURLToPath(new URL('../../ingest/bin/jostle.js', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [bin, 'finding', 'RET-1001'], {
      env: { ...process.env, JOSTLE_URL: demo.url },
    });
    expect(stdout).toContain('Hub Spaanse Polder');
    expect(stdout.replaceAll(/\s+/g, ' ')).toContain(
      finding.explanation.replaceAll(/\s+/g, ' ').slice(0, 60),
    );
  });

  test('stops within 5 s on Ctrl-C, and a second start goes on with the data of the first', {
    timeout: 90_000,
  }, async () => {
    const pids = ['broker', 'ingest', 'DEV-01', 'DEV-05'].map((name) => demo.pidOf(name));
    const { code, ms } = await demo.interrupt();
    expect(code).toBe(0);
    expect(ms).toBeLessThan(5_000);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');

    demo = new Demo(dataDir, httpPort, mqttPort);
    await eventually(() => expect(demo.output).toContain('Jostle is ready.'), READY_MS);
    const again = await demo.get<Finding>('/returns/RET-1001/finding');
    expect(again.cause).toEqual(finding.cause);
    await eventually(async () => {
      for (const id of ['DEV-01', 'DEV-02', 'DEV-03', 'DEV-04', 'DEV-05']) {
        const { state } = await demo.get<DeviceWithState>(`/devices/${id}`);
        expect(state?.backlog).toBe(0);
        expect(Date.parse(state?.lastMeasuredAt ?? '')).toBeGreaterThan(Date.parse(finding.computedAt));
      }
    }, 75_000);
  });
});
