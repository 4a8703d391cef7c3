import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { figure, median } from '../figures/figure.ts';
import { figureTable, type Report } from '../figures/report.ts';
import { describeWithServer } from '../support/servers.ts';

const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));

function bench(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, ['--import', 'tsx', MAIN, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

test('a target is met on its own side only', () => {
  const passes = (value: number, target: Parameters<typeof figure>[4]) =>
    figure('x', value, 'u', '', target).pass;
  expect([passes(9, { atLeast: 10 }), passes(10, { atLeast: 10 }), passes(11, { atLeast: 10 })]).toEqual([
    false,
    true,
    true,
  ]);
  expect([passes(9, { atMost: 10 }), passes(10, { atMost: 10 }), passes(11, { atMost: 10 })]).toEqual([
    true,
    true,
    false,
  ]);
  expect([passes(Number.NaN, { atMost: 10 }), passes(Number.NaN, { atLeast: 10 })]).toEqual([false, false]);
  expect(figure('x', 1, 'u', '')).toMatchObject({ target: null, bound: null, pass: true });
});

test('the middle of the measurements is taken, whatever their order', () => {
  expect(median([3, 1, 100, 2, 4])).toBe(3);
});

test('the table names what is missed', () => {
  const table = figureTable([
    figure('a', 1, 'u', '', { atLeast: 2 }),
    figure('b', 1, 'u', '', { atMost: 2 }),
  ]);
  expect(table).toMatch(/a\s+1\s+u\s+≥ 2\s+MISSED\nb\s+1\s+u\s+≤ 2\s+met/);
});

describe('npm run bench', () => {
  test('tells how it is used', async () => {
    const { code, stdout } = await bench('--help');
    expect([code, stdout]).toEqual([0, expect.stringContaining('--json PATH')]);
  });

  test('refuses what it cannot do, and says how it is used', async () => {
    const { code, stdout, stderr } = await bench('edge', '--speed');
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('npm run bench -- [SUITE]');
  });

  test('measures the edge agent and writes every figure', async () => {
    await expectFigures('edge', [
      'edge.detection.rate',
      'edge.outbox.single',
      'edge.outbox.batched',
      'edge.outbox.single.disk',
      'edge.outbox.batched.disk',
      'edge.disk.sync',
      'edge.flash.quiet',
      'edge.uplink.quiet',
      'edge.downlink.quiet',
      'edge.flash.rough',
      'edge.uplink.rough',
      'edge.downlink.rough',
      'edge.agent.cpu',
      'edge.simulator.cpu',
      'edge.agent.rss',
      'edge.agent.rss.sources',
    ]);
  }, 240_000);

  test('measures the broker beside Aedes alone', async () => {
    await expectFigures('broker', [
      'broker.rate',
      'broker.rate.bare',
      'broker.rate.ratio',
      'broker.cpu',
      'broker.cpu.bare',
      'broker.delay.p50',
      'broker.delay.p99',
      'broker.delay.p50.bare',
      'broker.delay.p99.bare',
    ]);
  }, 240_000);
});

describeWithServer('influxd', 'npm run bench -- ingest', () => {
  test('measures ingest beside a bare script; a short run says that Node-RED is left out', async () => {
    const of = (who: string) =>
      ['rate.1', 'rate.100', 'cpu.1', 'cpu.100', 'rss', 'wire.1', 'wire.100'].map(
        (what) => `ingest.${who}.${what}`,
      );
    const stderr = await expectFigures('ingest', [
      ...of('ours'),
      ...[1, 100].flatMap((readings) =>
        [
          `wire-back.${readings}`,
          `disk.${readings}`,
          ...['load', 'broker', 'influxd'].map((part) => `cpu.${readings}.${part}`),
          ...['busy', 'main-thread', 'second-thread'].map((what) => `${what}.${readings}`),
        ].map((what) => `ingest.ours.${what}`),
      ),
      ...of('bare'),
      'ingest.to.bare',
      'ingest.to.bare.100',
      'ingest.ours.delay.p50',
      'ingest.ours.delay.p99',
      'ingest.bare.delay.p50',
      'ingest.bare.delay.p99',
      'ingest.rss.growth',
      'ingest.inbox.rate',
      'ingest.inbox.cpu',
      'ingest.inbox.disk',
      'ingest.influx.rate',
      'ingest.influx.cpu',
      'ingest.influx.disk',
      'ingest.catch-up',
      'ingest.fleet.10.cpu',
      'ingest.fleet.100.cpu',
      'ingest.fleet.ratio',
    ]);
    expect(stderr).toContain('without the figures of Node-RED');
  }, 300_000);
});

/** Measures for as short as can be: all figures are there, whatever they are worth. @returns what it said meanwhile */
async function expectFigures(suite: string, ids: readonly string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-bench-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const json = join(folder, 'figures.json');
  const { code, stdout, stderr } = await bench(suite, '--seconds', '1', '--json', json);
  const report: Report = JSON.parse(readFileSync(json, 'utf8'));
  expect(report).toMatchObject({ tool: `bench ${suite}`, seed: 7, commit: expect.any(String) });
  expect(report.machine).toMatchObject({ cores: expect.any(Number), node: process.version });
  expect(report.figures.map(({ id }) => id)).toEqual(ids);
  for (const { id, value, unit, how } of report.figures) {
    // Memory may shrink, and so little work may take no tick of the processor's clock; what is no number is null.
    const isThere = /growth|ingest.*(cpu|thread|busy)|disk/.test(id) ? Number.isFinite(value) : value > 0;
    expect([id, isThere]).toEqual([id, true]);
    expect(unit).not.toBe('');
    expect(how).not.toBe('');
    expect(stdout).toContain(id);
  }
  expect(code).toBe(report.figures.every(({ pass }) => pass) ? 0 : 1);
  return stderr;
}
