import { UNCALIBRATED } from '../calibration/calibration.ts';
import { type ClipLimits, clipLimits } from './clip-limits.ts';
import { SampleRing } from './sample-ring.ts';
import type { SampleBlock } from './samples.ts';
import { analyseShock, POST_IMPACT_MS } from './shock-analysis.ts';
import type { ShockDetectorOptions, ShockObservation } from './shock-observation.ts';

/** History before a trigger, ms: a fall from 7 m (1.2 s) and the rest before it. */
const HISTORY_MS = 2500;
/** Impacts that follow one another within this belong to one event, ms. */
const MERGE_MS = 30;
/** An event that does not end is cut after this, ms: shaking above the trigger level is not one shock. */
const LONGEST_EVENT_MS = 500;
/** How many samples are written to the ring before they are looked at. */
const CHUNK_SAMPLES = 1024;
/** A rate that differs by more than this is another stream. */
const RATE_TOLERANCE = 0.05;

/** One unbroken stream at one rate. Sample indexes count from its first sample. */
interface Stream {
  periodMs: number;
  ring: SampleRing;
  /** Last sample at or above the trigger level of the event before; −1 where there was none. */
  lastEventEnd: number;
}

/** An event that is not finished. */
interface OpenEvent {
  impactIndex: number;
  lastAboveIndex: number;
  impactMonoMs: number;
  periodMs: number;
}

/**
 * Finds shock events in a stream of acceleration. How the stream is cut into blocks does not matter. In quiet it
 * costs one comparison a sample and allocates nothing.
 */
export class ShockDetector {
  readonly #options: ShockDetectorOptions;
  readonly #clip: ClipLimits;
  readonly #triggerSquared: number;
  #stream: Stream | null = null;
  #event: OpenEvent | null = null;
  #rejectedTriggers = 0;

  constructor(options: ShockDetectorOptions) {
    const { rangeG, countG, calibration = UNCALIBRATED } = options;
    this.#options = options;
    this.#clip = clipLimits(rangeG, countG, calibration);
    this.#triggerSquared = options.triggerG ** 2;
  }

  /**
   * Takes the next samples; returns the events that they finish, oldest first. An event is finished 100 ms after
   * its impact or 30 ms after the last sample at the trigger level, whichever is later.
   */
  push(block: SampleBlock): ShockObservation[] {
    const found: ShockObservation[] = [];
    if (this.#stream !== null && Math.abs(block.periodMs / this.#stream.periodMs - 1) > RATE_TOLERANCE) {
      found.push(...this.gap());
    }
    this.#stream ??= openStream(block.periodMs);
    for (let at = 0; at < block.xyz.length; at += CHUNK_SAMPLES * 3) {
      const chunk = block.xyz.subarray(at, at + CHUNK_SAMPLES * 3);
      this.#stream.ring.write(chunk);
      this.#scan(this.#stream, chunk, block.startMs + (at / 3) * block.periodMs, block.periodMs, found);
    }
    return found;
  }

  /**
   * Says that samples are missing before the next block: closes an open event and forgets the history, because a
   * fall cannot be timed across a gap.
   */
  gap(): ShockObservation[] {
    const found = this.flush();
    this.#stream = null;
    return found;
  }

  /** Closes an open event with the samples that are there; the stream may go on. */
  flush(): ShockObservation[] {
    const found: ShockObservation[] = [];
    if (this.#stream !== null && this.#event !== null) {
      this.#finish(this.#stream, this.#event, this.#stream.ring.total, found);
      this.#event = null;
    }
    return found;
  }

  /** Triggers that did not meet the storage criterion since the last call. */
  takeRejectedTriggers(): number {
    const count = this.#rejectedTriggers;
    this.#rejectedTriggers = 0;
    return count;
  }

  #scan(
    stream: Stream,
    xyz: Float32Array,
    startMs: number,
    periodMs: number,
    found: ShockObservation[],
  ): void {
    const count = xyz.length / 3;
    const base = stream.ring.total - count;
    const merge = MERGE_MS / stream.periodMs;
    let i = 0;
    while (i < count) {
      let event = this.#event;
      if (event === null) i = nextAbove(xyz, i, this.#triggerSquared);
      if (i >= count) return;
      const index = base + i;
      const isAbove = event === null || squareAt(xyz, i) >= this.#triggerSquared;
      if (event !== null && isAbove && index - event.lastAboveIndex > merge) {
        this.#finish(stream, event, index, found);
        event = null;
      }
      event ??= { impactIndex: index, lastAboveIndex: index, impactMonoMs: startMs + i * periodMs, periodMs };
      if (isAbove) event.lastAboveIndex = index;
      i++;
      this.#event = event;
      if (isOver(event, index, stream.periodMs)) {
        this.#finish(stream, event, index + 1, found);
        this.#event = null;
      }
    }
  }

  #finish(stream: Stream, event: OpenEvent, end: number, found: ShockObservation[]): void {
    const from = Math.max(0, event.impactIndex - Math.ceil(HISTORY_MS / stream.periodMs));
    const observation = analyseShock(
      {
        xyz: stream.ring.copy(from, end),
        impactIndex: event.impactIndex - from,
        lastAboveIndex: event.lastAboveIndex - from,
        notBeforeIndex: Math.max(0, stream.lastEventEnd + 1 - from),
        periodMs: event.periodMs,
        impactMonoMs: event.impactMonoMs,
      },
      this.#clip,
      this.#options.countG,
    );
    stream.lastEventEnd = event.lastAboveIndex;
    const { minPeakG, minVelocityChangeMps, minDurationMs } = this.#options.storage;
    if (
      observation.peakG.resultant >= minPeakG &&
      observation.velocityChangeMps >= minVelocityChangeMps &&
      observation.durationMs >= minDurationMs
    ) {
      found.push(observation);
    } else this.#rejectedTriggers++;
  }
}

function openStream(periodMs: number): Stream {
  const longestMs = HISTORY_MS + LONGEST_EVENT_MS;
  const capacity = Math.ceil((longestMs / periodMs) * (1 + RATE_TOLERANCE)) + CHUNK_SAMPLES + 2;
  return { periodMs, ring: new SampleRing(capacity), lastEventEnd: -1 };
}

function isOver(event: OpenEvent, index: number, periodMs: number): boolean {
  const sinceImpactMs = (index - event.impactIndex) * periodMs;
  const quietMs = (index - event.lastAboveIndex) * periodMs;
  return sinceImpactMs >= LONGEST_EVENT_MS || (quietMs > MERGE_MS && sinceImpactMs >= POST_IMPACT_MS);
}

function squareAt(xyz: Float32Array, index: number): number {
  const x = xyz[index * 3] as number;
  const y = xyz[index * 3 + 1] as number;
  const z = xyz[index * 3 + 2] as number;
  return x * x + y * y + z * z;
}

/** Index of the first sample from `from` on whose square reaches the level; the length where none does. */
function nextAbove(xyz: Float32Array, from: number, levelSquared: number): number {
  const length = xyz.length;
  for (let at = from * 3; at + 2 < length; at += 3) {
    const x = xyz[at] as number;
    const y = xyz[at + 1] as number;
    const z = xyz[at + 2] as number;
    if (x * x + y * y + z * z >= levelSquared) return at / 3;
  }
  return length / 3;
}
