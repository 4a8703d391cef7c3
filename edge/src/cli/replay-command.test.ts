import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { replayCommand } from './replay-command.ts';

const FALL = fileURLToPath(new URL('../../../tests/data/phone-drops/fall_1.csv', import.meta.url));
const AT_REST = fileURLToPath(new URL('../../../tests/data/phone-drops/accel_static.txt', import.meta.url));

/** What the command prints; it is run within this process. */
async function run(...args: string[]): Promise<string> {
  let printed = '';
  const command = replayCommand()
    .exitOverride()
    .configureOutput({ writeOut: (text) => (printed += text), writeErr: () => {} });
  await command.parseAsync(args, { from: 'user' });
  return printed;
}

function temporaryFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-replay-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'recording.csv');
  writeFileSync(path, text);
  return path;
}

test('prints a summary and a line per event, with a clipped peak as a lower bound', async () => {
  const text = await run(FALL);
  expect(text).toContain('1748 samples in 8.80 s at 198.6 Hz (phyphox)');
  expect(text).toMatch(/4\.651\s+drop\s+≥ 1\d\.\d .*0\.629\s+1\.94 .*clipped: z/);
});

test('says so when there is no event', async () => {
  const text = await run(AT_REST, '--columns', '1,2,3,4', '--unit', 'mps2');
  expect(text).toContain('0 events, 0 triggers below the storage criterion');
  expect(text).toContain('No shock event.');
});

test('prints the same as JSON', async () => {
  const report = JSON.parse(await run(FALL, '--json', '--range', '16'));
  expect(report).toMatchObject({ file: FALL, rangeG: 16, gaps: [] });
  expect(report.events[0]).toMatchObject({ impactClass: 'drop', clipped: { x: false, y: false, z: true } });
});

test('names gaps', async () => {
  const rows = Array.from({ length: 40 }, (_, i) => `${((i < 20 ? i : i + 10) / 100).toFixed(2)},0,0,1`);
  const text = await run(temporaryFile(`time_s,x_g,y_g,z_g\n${rows.join('\n')}\n`));
  expect(text).toContain('gaps: 0.110 s at 0.190 s');
});

test.each([
  [['/nowhere/file.csv'], /\/nowhere\/file\.csv cannot be read/],
  [[], /Name a file, or a journey with --sim/],
  [[FALL, '--sim', 'drop'], /and not both/],
  [['--sim', 'moon'], /--sim takes one of/],
  [[AT_REST], /no known format.*--columns/],
  [[AT_REST, '--columns', '1,2,3,4'], /add --unit/],
  [[AT_REST, '--unit', 'g'], /add --columns/],
  [[AT_REST, '--columns', '1,2,3', '--unit', 'g'], /four columns/],
  [[FALL, '--range', '-3'], /number of g above 0/],
  [[AT_REST, '--columns', '1,2,3,4', '--unit', 'stone'], /Allowed choices are g, mps2/],
])('refuses %j and names the fix', async (args, message) => {
  await expect(run(...args)).rejects.toThrow(message);
});

test('replays the accelerations of a simulated journey', async () => {
  const { journey, format, events } = JSON.parse(await run('--sim', 'drop', '--json'));
  expect({ journey, format }).toEqual({ journey: 'drop', format: 'simulated journey drop' });
  expect(events).toHaveLength(1);
  expect(events[0]).toMatchObject({ impactClass: 'drop' });
  expect(events[0].dropHeightM).toBeGreaterThan(0.76);
  expect(events[0].dropHeightM).toBeLessThan(0.84);
});
