import { CoverageMeter, DEFAULT_TRIGGER, type SampleBlock, ShockDetector } from '@jostle/edge/detection';
import { type Journey, journeyWorld } from '@jostle/firmware-sim';
import { type Figure, figure, median } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';

const RATE_HZ = 800;
/** What a drain every 15 ms gives. */
const BLOCK_SAMPLES = 12;
const REPETITIONS = 5;
const TARGET_RATE = 10e6;

/** A minute of truck in which the parcel falls once, as blocks of the live bus. */
function minuteOfSamples(seed: number): SampleBlock[] {
  const journey: Journey = {
    startsAt: 0,
    pieces: [
      { kind: 'truck', durationMs: 30_000 },
      { kind: 'drop', heightM: 0.6 },
      { kind: 'truck', durationMs: 30_000 },
    ],
  };
  const world = journeyWorld(journey, seed);
  const periodMs = 1000 / RATE_HZ;
  const g = new Float64Array(3);
  return Array.from({ length: (60 * RATE_HZ) / BLOCK_SAMPLES }, (_, block) => {
    const xyz = new Float32Array(BLOCK_SAMPLES * 3);
    for (let i = 0; i < BLOCK_SAMPLES; i++) {
      world.accelerationG((block * BLOCK_SAMPLES + i) * periodMs, g);
      xyz.set(g, i * 3);
    }
    return { startMs: block * BLOCK_SAMPLES * periodMs, periodMs, xyz };
  });
}

/** Samples that detector and coverage meter take in a second of processor time. */
export function detectionFigures({ seconds, seed, progress }: SuiteOptions): Figure[] {
  progress(`detection: ${REPETITIONS} times`);
  const blocks = minuteOfSamples(seed);
  const budgetMs = Math.min(2000, seconds * 100);
  const rates = Array.from({ length: REPETITIONS }, () => rateOf(blocks, budgetMs));
  return [
    figure(
      'edge.detection.rate',
      median(rates),
      'samples/s',
      `Three-axis samples that the shock detector and the coverage meter take in a second of processor time, in blocks of ${BLOCK_SAMPLES} as the FIFO gives them, with one drop a minute; median of ${REPETITIONS}.`,
      { atLeast: TARGET_RATE },
    ),
  ];
}

function rateOf(blocks: readonly SampleBlock[], budgetMs: number): number {
  const detector = new ShockDetector({ ...DEFAULT_TRIGGER, rangeG: 200, countG: 0.049 });
  const coverage = new CoverageMeter();
  let samples = 0;
  const from = process.cpuUsage();
  for (;;) {
    for (const block of blocks) {
      coverage.observe(block);
      detector.push(block);
    }
    samples += blocks.length * BLOCK_SAMPLES;
    const used = process.cpuUsage(from);
    const usedMs = (used.user + used.system) / 1000;
    if (usedMs >= budgetMs) return (samples / usedMs) * 1000;
  }
}
