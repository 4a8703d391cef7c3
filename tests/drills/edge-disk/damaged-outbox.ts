import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
const BATCH = 50;
const PAGE = 4_096;
const SECTOR = 512;
const SHORT = 200;
const LONG = 5_000;
const RECOVERY_TARGET_MS = 5_000;
/** One in twenty may meet bytes that are so already, as a zeroed page of zeros. */
const REAL_SHARE = 0.95;
const DAMAGES_NOTE = `Each to the files of ${RECORDS} records.`;
/** Beside the file lie its write-ahead log, while it is open, and the reserve of its seqs. */
const SUFFIXES = ['', '-wal', '.reserve'] as const;
type Suffix = (typeof SUFFIXES)[number];
const SILENT = pino({ level: 'silent' });

/** Changes bytes, at the start of the file where that is asked for; each gives back what they are afterwards. */
const DAMAGES: Record<string, (bytes: Buffer, random: SeededRandom, isAtStart: boolean) => Buffer> = {
  page: (bytes, random, isAtStart) => {
    partOf(bytes, PAGE, random, isAtStart).fill(0);
    return bytes;
  },
  cut: (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  garbage: (bytes, random, isAtStart) => {
    const sector = partOf(bytes, SECTOR, random, isAtStart);
    for (let at = 0; at < sector.length; at++) sector[at] = random.below(256);
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

/** A page or a sector, in place; the last one may be shorter than the others. */
function partOf(bytes: Buffer, length: number, random: SeededRandom, isAtStart: boolean): Buffer {
  const index = isAtStart ? 0 : random.below(bytes.length / length);
  return bytes.subarray(index * length, (index + 1) * length);
}

/** Which file, in which way, and the least share of records that must outlive it: null where all may be gone. */
const KINDS: readonly { suffix: Suffix; way: string; least: number | null }[] = [
  { suffix: '', way: 'page', least: 0.95 },
  { suffix: '', way: 'cut', least: null },
  { suffix: '', way: 'garbage', least: 0.95 },
  { suffix: '', way: 'bits', least: 0.8 },
  { suffix: '-wal', way: 'page', least: 0.9 },
  { suffix: '-wal', way: 'cut', least: null },
  { suffix: '-wal', way: 'garbage', least: 0.9 },
  { suffix: '-wal', way: 'bits', least: 0.8 },
  { suffix: '.reserve', way: 'page', least: 1 },
  { suffix: '.reserve', way: 'cut', least: 1 },
  { suffix: '.reserve', way: 'garbage', least: 1 },
  { suffix: '.reserve', way: 'bits', least: 1 },
];
const NAMES: Record<Suffix, string> = { '': 'file', '-wal': 'log', '.reserve': 'reserve' };

/** Spoils the files of an outbox in every way that flash memory knows, and opens it again with the real one. */
export const damagedOutbox: Drill = {
  name: 'damaged-outbox',
  about:
    'Zeroed pages, cut ends, garbage in sectors and flipped bits in the files of the outbox. The same records each time; what all damages lost is added up.',
  parts: 'the outbox alone',
  run: async ({ seed, isLong, folder, progress }: DrillOptions) => {
    const path = join(folder, 'outbox.db');
    const { records, stopped, running } = filled(join(folder, 'whole'));
    const random = seededRandom(seed);
    const total = { damages: 0, lost: 0, altered: 0, slowestMs: 0 };
    // By kind: the least share that was kept.
    const least = KINDS.map(() => 1);
    const rounds = isLong ? LONG : SHORT;
    for (let round = 0; round < rounds; round++) {
      if (round % 500 === 0) progress(`${round} of ${rounds} damages`);
      const index = round % KINDS.length;
      const { suffix, way } = KINDS[index] ?? { suffix: '', way: 'page' };
      const files = suffix === '-wal' ? running : stopped;
      rmSync(folder, { recursive: true });
      mkdirSync(folder);
      for (const file of files) writeFileSync(path + file.suffix, file.bytes);
      const target = files.find((file) => file.suffix === suffix);
      if (target === undefined) throw new Error(`an outbox has no file ${suffix}`);
      // What a file says of itself lies at its start, which chance may never hit.
      const spoilt = spoiled(target, way, random, round < KINDS.length);
      writeFileSync(path + suffix, spoilt);
      if (!spoilt.equals(target.bytes)) total.damages += 1;
      const { recoveryMs, lost, altered, kept } = recover(path, records);
      total.lost += lost;
      total.altered += altered;
      total.slowestMs = Math.max(total.slowestMs, recoveryMs);
      least[index] = Math.min(least[index] ?? 1, kept / RECORDS);
    }
    return {
      generated: records.length,
      lost: total.lost,
      twice: total.altered,
      recoveryMs: total.slowestMs,
      others: [
        figure('damaged-outbox.damages', total.damages, 'damages', DAMAGES_NOTE, {
          atLeast: rounds * REAL_SHARE,
        }),
        figure(
          'damaged-outbox.slowest',
          total.slowestMs,
          'ms',
          'The longest that the outbox took to open a damaged file.',
          { atMost: RECOVERY_TARGET_MS },
        ),
        ...KINDS.map(({ suffix, way, least: target }, i) =>
          figure(
            `damaged-outbox.${NAMES[suffix]}-${way}`,
            least[i] ?? 0,
            'share',
            'Records that were kept: the least of all such damages; tombstones name the others.',
            ...(target === null ? [] : [{ atLeast: target }]),
          ),
        ),
      ],
    };
  },
};

interface SavedFile {
  suffix: Suffix;
  bytes: Buffer;
}

function spoiled({ bytes }: SavedFile, way: string, random: SeededRandom, isAtStart: boolean): Buffer {
  const spoil = DAMAGES[way];
  if (spoil === undefined) throw new Error(`no damage is called ${way}`);
  return spoil(Buffer.from(bytes), random, isAtStart);
}

/** The files of an outbox after a stop, and as they lie there while it runs: then nearly all is in the log. */
function filled(folder: string): { records: DeviceRecord[]; stopped: SavedFile[]; running: SavedFile[] } {
  const path = join(folder, 'outbox.db');
  const outbox = new Outbox({ path, log: SILENT, maxRecords: 1_000_000 });
  const append = (from: number) => outbox.append(draftsFrom(from, BATCH), BOOT_ID);
  const records = Array.from({ length: RECORDS / BATCH }, (_, i) => append(i * BATCH)).flat();
  for (const suffix of SUFFIXES) copyFileSync(path + suffix, `${path}.copy${suffix}`);
  outbox.close();
  const saved = (from: string, suffix: Suffix): SavedFile => ({ suffix, bytes: readFileSync(from + suffix) });
  return {
    records,
    stopped: [saved(path, ''), saved(path, '.reserve')],
    running: SUFFIXES.map((suffix) => saved(`${path}.copy`, suffix)),
  };
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
