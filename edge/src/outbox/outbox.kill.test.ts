import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { Outbox } from './outbox.ts';

const OUTBOX = new URL('outbox.ts', import.meta.url).href;
const ROUNDS = 3;

/** Appends for ever, and says which seq is confirmed after each append. */
const WRITER = `
import { writeSync } from 'node:fs';
import { pino } from 'pino';
import { Outbox } from ${JSON.stringify(OUTBOX)};
const outbox = new Outbox({ path: process.argv[2], log: pino({ level: 'silent' }), maxRecords: 1e6 });
for (let n = 0; ; n++) {
  const drafts = Array.from({ length: 1 + (n % 7) }, (_, i) => ({
    kind: 'climate', measuredAt: n, monotonicMs: i, clockQuality: 'none',
    body: { sensor: 'sht31d-44', temperatureC: 20, ageMs: 0 },
  }));
  const records = outbox.append(drafts, '11111111-1111-4111-8111-111111111111');
  writeSync(1, records.at(-1).seq + '\\n');
}
`;

test('a kill -9 of the writer takes no confirmed record and leaves no damage', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-kill-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'outbox.db');
  // Beside the source, so that its imports are found.
  const script = new URL(`.writer-${process.pid}.mts`, import.meta.url);
  writeFileSync(script, WRITER);
  onTestFinished(() => rmSync(script));

  let confirmed = 0;
  for (let round = 1; round <= ROUNDS; round++) {
    const writer = spawn(process.execPath, ['--import', 'tsx', script.pathname, path], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const exited = once(writer, 'exit');
    let text = '';
    for await (const chunk of writer.stdout) {
      text += String(chunk);
      if (text.length > 400 * round) writer.kill('SIGKILL');
    }
    await exited;
    confirmed = Number(text.slice(0, text.lastIndexOf('\n')).split('\n').at(-1));

    const outbox = new Outbox({ path, log: pino({ level: 'silent' }), maxRecords: 1e6 });
    expect(confirmed).toBeGreaterThan(0);
    expect(outbox.span.maxSeq).toBeGreaterThanOrEqual(confirmed);
    expect(outbox.count).toBe(outbox.span.maxSeq);
    const seqs = outbox.takeRuns([], 10_000).flatMap((run) => run.records.map(({ seq }) => seq));
    expect(new Set(seqs).size).toBe(outbox.count);
    outbox.close();
  }
}, 120_000);
