import { closeSync, existsSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { RecordDraft } from '@jostle/contracts';
import { Outbox } from '@jostle/edge/outbox';
import { pino } from 'pino';
import { type Figure, figure } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';

const BOOT_ID = '11111111-1111-4111-8111-111111111111';
const BATCH_ROWS = 500;
const SINGLE_TARGET = 5_000;
const BATCHED_TARGET = 50_000;
const PAGE = Buffer.alloc(4096);

interface Rate {
  /** Rows in a second of the clock, waiting for the disk included. */
  byClock: number;
  /** Rows in a second of processor time, the kernel's part included. */
  byProcessor: number;
}

/** A file system in memory, where confirming a write costs nothing. */
const IN_MEMORY = '/dev/shm';

/** What the outbox itself costs, and what waiting for this disk adds. */
export function outboxFigures({ seconds, progress }: SuiteOptions): Figure[] {
  const budgetMs = Math.min(5000, seconds * 100);
  progress('outbox: single rows and batches, in memory and on disk, and the disk alone');
  const memory = inFolder(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), (folder) =>
    ratesIn(folder, budgetMs),
  );
  const disk = inFolder(tmpdir(), (folder) => ({
    ...ratesIn(folder, budgetMs),
    syncMs: syncCostMs(join(folder, 'sync'), budgetMs),
  }));
  return [
    figure(
      'edge.outbox.single',
      memory.single.byProcessor,
      'rows/s',
      'Rows stored one a transaction in a second of processor time, in memory: what the outbox itself costs.',
      { atLeast: SINGLE_TARGET },
    ),
    figure(
      'edge.outbox.batched',
      memory.batched.byProcessor,
      'rows/s',
      `The same, ${BATCH_ROWS} rows a transaction.`,
      { atLeast: BATCHED_TARGET },
    ),
    figure(
      'edge.outbox.single.disk',
      disk.single.byClock,
      'rows/s',
      'Rows stored one a transaction by the clock, on this disk, each confirmed by it (synchronous=FULL).',
    ),
    figure(
      'edge.outbox.batched.disk',
      disk.batched.byClock,
      'rows/s',
      `The same, ${BATCH_ROWS} rows a transaction.`,
    ),
    figure(
      'edge.disk.sync',
      disk.syncMs,
      'ms',
      'What this disk takes to write and confirm 4 kB (fdatasync): no transaction can be faster.',
    ),
  ];
}

function inFolder<T>(parent: string, measure: (folder: string) => T): T {
  const folder = mkdtempSync(join(parent, 'jostle-bench-outbox-'));
  try {
    return measure(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function ratesIn(folder: string, budgetMs: number): { single: Rate; batched: Rate } {
  return {
    single: rateOf(join(folder, 'single.db'), 1, budgetMs),
    batched: rateOf(join(folder, 'batched.db'), BATCH_ROWS, budgetMs),
  };
}

function rateOf(path: string, batch: number, budgetMs: number): Rate {
  const outbox = new Outbox({ path, log: pino({ level: 'silent' }), maxRecords: 2_000_000 });
  const cpuFrom = process.cpuUsage();
  const from = performance.now();
  let rows = 0;
  while (performance.now() - from < budgetMs) {
    const drafts = Array.from({ length: batch }, (_, i) => reading(rows + i));
    outbox.append(drafts, BOOT_ID);
    rows += batch;
  }
  const elapsedMs = performance.now() - from;
  const used = process.cpuUsage(cpuFrom);
  outbox.close();
  return { byClock: (rows / elapsedMs) * 1000, byProcessor: (rows / (used.user + used.system)) * 1e6 };
}

function reading(i: number): RecordDraft {
  return {
    kind: 'climate',
    measuredAt: 1_700_000_000_000 + i * 10_000,
    monotonicMs: i * 10_000,
    clockQuality: 'ntp',
    body: { sensor: 'sht31d-44', temperatureC: 20 + (i % 100) / 100, relativeHumidityPct: 45, ageMs: 12 },
  };
}

function syncCostMs(path: string, budgetMs: number): number {
  const file = openSync(path, 'w');
  const from = performance.now();
  let count = 0;
  while (performance.now() - from < budgetMs / 2) {
    writeSync(file, PAGE);
    fdatasyncSync(file);
    count++;
  }
  const elapsedMs = performance.now() - from;
  closeSync(file);
  return elapsedMs / count;
}
