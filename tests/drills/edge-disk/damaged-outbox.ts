import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DeviceRecord } from '@jostle/contracts';
import { Outbox } from '@jostle/edge/outbox';
import { pino } from 'pino';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions } from '../drill.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { compareHeld, heldRecords } from './held-records.ts';
import { BOOT_ID, draftsFrom } from './readings.ts';

const RECORDS = 1_000;
const PAGE = 4_096;
const SECTOR = 512;
const SHORT = 200;
const LONG = 5_000;
const RECOVERY_TARGET_MS = 5_000;
const PAGE_SHARE_TARGET = 0.95;
const SILENT = pino({ level: 'silent' });

/** Changes the bytes of a file; each gives back what the file is afterwards. */
const DAMAGES: Record<string, (bytes: Buffer, random: SeededRandom) => Buffer> = {
  page: (bytes, random) => bytes.fill(0, ...span(random.below(bytes.length / PAGE), PAGE)),
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  garbage: (bytes, random) => {
    const [from, to] = span(random.below(bytes.length / SECTOR), SECTOR);
    for (let at = from; at < to; at++) bytes[at] = random.below(256);
    return bytes;
  },
  bits: (bytes, random) => {
    for (let n = 1 + random.below(8); n > 0; n--) {
      const at = random.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random.below(8));
    }
    return bytes;
  },
};

function span(index: number, length: number): [from: number, to: number] {
  return [index * length, (index + 1) * length];
}

/** Spoils the file of an outbox in every way that flash memory knows, and opens it again with the real one. */
export const damagedOutbox: Drill = {
  name: 'damaged-outbox',
  about: 'Zeroed pages, cut ends, garbage in sectors and flipped bits in the file of the outbox.',
  run: async ({ seed, isLong, folder, progress }: DrillOptions) => {
    const path = join(folder, 'outbox.db');
    const { records, bytes, reserve } = filled(path);
    const random = seededRandom(seed);
    const kinds = Object.keys(DAMAGES);
    const total = { lost: 0, altered: 0, slowestMs: 0, leastOfPage: 1, kept: 0 };
    const rounds = isLong ? LONG : SHORT;
    for (let round = 0; round < rounds; round++) {
      if (round % 500 === 0) progress(`${round} of ${rounds} damages`);
      const kind = kinds[round % kinds.length] ?? 'page';
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      writeFileSync(`${path}.reserve`, reserve);
      writeFileSync(path, DAMAGES[kind]?.(Buffer.from(bytes), random) ?? bytes);
      const { recoveryMs, lost, altered, kept } = recover(path, records);
      total.lost += lost;
      total.altered += altered;
      total.kept += kept;
      total.slowestMs = Math.max(total.slowestMs, recoveryMs);
      if (kind === 'page') total.leastOfPage = Math.min(total.leastOfPage, kept / RECORDS);
    }
    return {
      generated: rounds * RECORDS,
      lost: total.lost,
      twice: total.altered,
      recoveryMs: total.slowestMs,
      others: [
        figure('damaged-outbox.damages', rounds, 'damages', `Each to a file of ${RECORDS} records.`, {
          atLeast: SHORT,
        }),
        figure(
          'damaged-outbox.slowest',
          total.slowestMs,
          'ms',
          'The longest that the outbox took to open a damaged file.',
          { atMost: RECOVERY_TARGET_MS },
        ),
        figure(
          'damaged-outbox.page-salvage',
          total.leastOfPage,
          'share',
          'Records that outlive a zeroed page, wherever it lies: the least of all such damages.',
          { atLeast: PAGE_SHARE_TARGET },
        ),
        figure(
          'damaged-outbox.salvage',
          total.kept / (rounds * RECORDS),
          'share',
          'Records that outlived, over all damages; the others are named by tombstones.',
        ),
      ],
    };
  },
};

function filled(path: string): { records: DeviceRecord[]; bytes: Buffer; reserve: Buffer } {
  const outbox = new Outbox({ path, log: SILENT, maxRecords: 1_000_000 });
  const records = Array.from({ length: RECORDS / 50 }, (_, i) =>
    outbox.append(draftsFrom(i * 50, 50), BOOT_ID),
  ).flat();
  outbox.close();
  return { records, bytes: readFileSync(path), reserve: readFileSync(`${path}.reserve`) };
}

function recover(path: string, records: readonly DeviceRecord[]) {
  const from = performance.now();
  const outbox = new Outbox({ path, log: SILENT, maxRecords: 1_000_000 });
  const recoveryMs = performance.now() - from;
  try {
    const held = heldRecords(outbox);
    const comparison = compareHeld(records, held);
    // A seq that was given before must not be given again.
    const [next] = outbox.append(draftsFrom(RECORDS, 1), BOOT_ID);
    const isReused = (next?.seq ?? 0) <= RECORDS;
    return { recoveryMs, ...comparison, altered: comparison.altered + (isReused ? 1 : 0) };
  } finally {
    outbox.close();
  }
}
