import { existsSync, linkSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type DeviceRecord, recordHash } from '@jostle/contracts';
import { Outbox } from '@jostle/edge/outbox';
import { pino } from 'pino';
import { figure } from '../../figures/figure.ts';
import type { Drill, DrillOptions } from '../drill.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { heldRecords } from './held-records.ts';
import { BOOT_ID, draftNumbered } from './readings.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import { type Operation, readTrace, traceNode } from './write-log.ts';

const WRITER = fileURLToPath(new URL('./cut-writer.ts', import.meta.url));
const APPENDS = 240;
const SHORT = 1_000;
const LONG = 10_000;
const SILENT = pino({ level: 'silent' });
/** The cuts are simulated: nothing needs to reach a disk. */
const IN_MEMORY = '/dev/shm';

interface Promised {
  /** Keyed by seq: the hash of each record that was confirmed and had no receipt. */
  records: Map<number, string>;
  /** Everything up to this may have left. */
  delivered: number;
  /** The highest seq that was confirmed. */
  highest: number;
  /** Records that were confirmed, whatever became of them. */
  stored: number;
}

interface Found {
  lost: number;
  altered: number;
  /** The file was taken for damaged, although nothing but the supply failed. */
  damaged: number;
}

/**
 * Writes down what the outbox does to its files, and replays that up to a random moment on a disk that keeps only what
 * was synced. Then the real outbox opens what is left.
 */
export const powerCuts: Drill = {
  name: 'power-cuts',
  about:
    'The supply fails at any moment of writing: what was not synced is dropped, reordered or torn. The same records at each cut; what all cuts lost is added up.',
  parts: 'the outbox alone: a process writes, another one opens what is left',
  needs: ['strace'],
  run: async ({ seed, isLong, folder, progress }: DrillOptions) => {
    const device = join(folder, 'device');
    mkdirSync(device);
    const trace = join(folder, 'trace');
    progress('writing under strace');
    const path = join(device, 'outbox.db');
    await traceNode(['--import', 'tsx', WRITER, path, String(seed), String(APPENDS)], trace);
    const operations = (await readTrace(trace, device)).filter((operation) => !isBallast(operation));
    const random = seededRandom(seed);
    const cuts = isLong ? LONG : SHORT;
    const moments = Array.from({ length: cuts }, () => random.below(operations.length + 1)).sort(
      (a, b) => a - b,
    );
    const scene = mkdtempSync(join(existsSync(IN_MEMORY) ? IN_MEMORY : tmpdir(), 'jostle-cuts-'));
    try {
      return resultOf(
        replay(operations, moments, scene, join(device, 'outbox.db.ballast'), random, progress),
        cuts,
      );
    } finally {
      rmSync(scene, { recursive: true });
    }
  },
};

function isBallast(operation: Operation): boolean {
  return operation.kind !== 'said' && operation.path.endsWith('.ballast');
}

function replay(
  operations: readonly Operation[],
  moments: readonly number[],
  scene: string,
  ballast: string,
  random: SeededRandom,
  progress: (text: string) => void,
): Found & { generated: number; cuts: number; operations: number } {
  const disk = new SimulatedDisk();
  const promised: Promised = { records: new Map(), delivered: 0, highest: 0, stored: 0 };
  const total = { lost: 0, altered: 0, damaged: 0, cuts: 0 };
  let done = 0;
  moments.forEach((moment, i) => {
    if (i % 500 === 0) progress(`${i} of ${moments.length} cuts`);
    for (const operation of operations.slice(done, moment)) {
      disk.apply(operation);
      if (operation.kind === 'said') hear(operation.line, promised);
    }
    done = Math.max(done, moment);
    const found = openAfterCut(disk.afterCut(random), promised, join(scene, String(i)), ballast);
    total.cuts += 1;
    total.lost += found.lost;
    total.altered += found.altered;
    total.damaged += found.damaged;
  });
  return { ...total, generated: promised.stored, operations: operations.length };
}

function hear(line: string, promised: Promised): void {
  const [what, ...given] = line.split(' ');
  const [a = 0, count = 0, firstSeq = 0] = given.map(Number);
  if (what === 'delivered') {
    promised.delivered = Math.max(promised.delivered, a);
    for (const seq of promised.records.keys()) if (seq <= a) promised.records.delete(seq);
  } else if (what === 'stored') {
    promised.highest = firstSeq + count - 1;
    promised.stored += count;
    for (let i = 0; i < count; i++) promised.records.set(firstSeq + i, contentOf(a + i, firstSeq + i));
  }
}

function contentOf(n: number, seq: number): string {
  return recordHash({ ...draftNumbered(n), seq, bootId: BOOT_ID } as DeviceRecord);
}

function openAfterCut(
  files: Map<string, Buffer>,
  promised: Promised,
  folder: string,
  ballast: string,
): Found {
  mkdirSync(folder);
  for (const [path, bytes] of files) writeFileSync(join(folder, basename(path)), bytes);
  const path = join(folder, 'outbox.db');
  // Made anew it would cost more than all the rest.
  if (dirname(ballast) !== folder && existsSync(ballast)) tryLink(ballast, `${path}.ballast`);
  const outbox = new Outbox({ path, log: SILENT, maxRecords: 1_000_000 });
  try {
    const found = compare(heldRecords(outbox), promised);
    const [next] = outbox.append([draftNumbered(0)], BOOT_ID);
    const isGivenAgain = (next?.seq ?? 0) <= promised.highest;
    const isDamaged = existsSync(`${path}.damaged-1`);
    return { ...found, altered: found.altered + (isGivenAgain ? 1 : 0), damaged: isDamaged ? 1 : 0 };
  } finally {
    outbox.close();
    rmSync(folder, { recursive: true });
  }
}

function tryLink(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch {
    // Another file system: then it is made anew.
  }
}

/** Room that was made is no loss; a record that is named as damaged is one, because no disk failed here. */
function compare(held: readonly DeviceRecord[], { records, delivered }: Promised) {
  const hashes = new Map(held.map((record) => [record.seq, recordHash(record)]));
  const stones = held.flatMap(({ kind, body }) =>
    kind === 'tombstone' && body.reason === 'outbox-full' ? [body] : [],
  );
  const isNamed = (seq: number) => stones.some(({ fromSeq, toSeq }) => fromSeq <= seq && seq <= toSeq);
  const gone = [...records.keys()].filter((seq) => !hashes.has(seq) && seq > delivered && !isNamed(seq));
  const altered = [...records].filter(([seq, hash]) => hashes.has(seq) && hashes.get(seq) !== hash);
  return { lost: gone.length, altered: altered.length + held.length - hashes.size };
}

function resultOf(found: ReturnType<typeof replay>, planned: number) {
  return {
    generated: found.generated,
    lost: found.lost,
    twice: found.altered,
    others: [
      figure('power-cuts.cuts', found.cuts, 'cuts', `At random among ${found.operations} operations.`, {
        atLeast: planned,
      }),
      figure('power-cuts.damaged', found.damaged, 'files', 'Taken for damaged after a cut.', { atMost: 0 }),
    ],
  };
}
