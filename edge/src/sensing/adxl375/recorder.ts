import type { Clock, FaultBody } from '@jostle/contracts';
import { type Calibration, calibrate } from '../../calibration/calibration.ts';
import type { SampleBlock } from '../../detection/index.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import { faultReason } from '../../io/device-health.ts';
import { configure, drainFifo, FifoDrain, identify, isConfigured } from './chip.ts';
import { COUNT_G, RATE_HZ } from './registers.ts';
import { SampleClock } from './sample-clock.ts';

/** The FIFO of 32 holds 40 ms at 800 Hz: one drain may come 25 ms late. */
const DRAIN_EVERY_MS = 15;
const CONNECT_EVERY_MS = 1000;
const SETTINGS_CHECK_EVERY_MS = 30_000;
/** A chip that is there and measures is never without a sample for so long; until then the FIFO may run over. */
const SILENCE_MAX_MS = 250;

/** Who follows the recorder. `lost` and `found` come in turns, `found` first unless the chip is absent at the start. */
export interface RecorderListener {
  samples(block: SampleBlock): void;
  /** That many samples before the next block were lost in the chip. */
  gap(lostSamples: number): void;
  lost(reason: FaultBody['reason'], detail: string): void;
  /** The first samples came, or came again. */
  found(): void;
}

export interface RecorderOptions {
  bus: BusQueue;
  clock: Clock;
  address: number;
  calibration: Calibration;
  listener: RecorderListener;
}

/**
 * Takes every sample of an ADXL375 out of its FIFO.
 *
 * INVARIANTS
 * - at most one transaction is under way; a timer that fires meanwhile is skipped
 * - blocks between two calls of `gap` or `lost` are consecutive samples
 */
export class Adxl375Recorder {
  readonly #options: RecorderOptions;
  readonly #sampleClock = new SampleClock(RATE_HZ);
  readonly #drain = new FifoDrain();
  readonly #now: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #step: Promise<void> | undefined;
  #isConnected = false;
  /** What the listener was told last. */
  #told: 'nothing' | 'found' | 'lost' = 'nothing';
  #wasEverFound = false;
  #nextConnectMono = 0;
  #nextCheckMono = 0;
  /** When the FIFO was last emptied of samples. */
  #sampledMono = 0;
  /** Number of the next sample since the last gap. */
  #nextIndex = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#now = () => options.clock.monotonicMs();
  }

  /** Resolves after the first attempt to reach the chip, with whether it is there. */
  async start(): Promise<boolean> {
    await this.#connect();
    this.#timer = setInterval(() => this.#tick(), DRAIN_EVERY_MS);
    return this.#isConnected;
  }

  /** Resolves when the transaction under way has ended; nothing is read after it. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#step;
    if (this.#isConnected) await this.#readOut();
  }

  #tick(): void {
    if (this.#step !== undefined) return;
    if (!this.#isConnected && this.#now() < this.#nextConnectMono) return;
    this.#step = (this.#isConnected ? this.#readOut() : this.#connect()).finally(() => {
      this.#step = undefined;
    });
  }

  async #connect(): Promise<void> {
    const { bus, address } = this.#options;
    this.#nextConnectMono = this.#now() + CONNECT_EVERY_MS;
    try {
      this.#isConnected = await bus.run(async (transport) => {
        if (!(await identify(transport, address))) return false;
        await configure(transport, address);
        return true;
      });
      if (!this.#isConnected) return this.#lose('absent', 'another chip answers at this address');
    } catch (error) {
      return this.#lose(this.#wasEverFound ? 'stale' : 'absent', `no answer: ${faultReason(error)}`);
    }
    const now = this.#now();
    this.#drain.isBroken = false;
    this.#nextCheckMono = now + SETTINGS_CHECK_EVERY_MS;
    this.#sampledMono = now;
    this.#restart();
  }

  async #readOut(): Promise<void> {
    const { bus, address } = this.#options;
    const drain = this.#drain;
    try {
      await bus.run((transport) => drainFifo(transport, address, this.#now, drain), 'drain');
      if (drain.entries > 0) this.#take(drain);
      if (drain.lookedMs >= this.#nextCheckMono || this.#isSilent(drain.lookedMs))
        await this.#checkSettings();
    } catch (error) {
      const reason = faultReason(error);
      if (this.#isSilent(this.#now())) this.#lose('stale', `no answer: ${reason}`);
    }
  }

  async #checkSettings(): Promise<void> {
    const { bus, address } = this.#options;
    this.#nextCheckMono = this.#now() + SETTINGS_CHECK_EVERY_MS;
    const isSet = await bus.run((transport) => isConfigured(transport, address));
    if (!isSet) this.#lose('reset', 'the settings were gone: the supply broke down');
    else if (this.#isSilent(this.#drain.lookedMs))
      this.#lose('stale', 'the chip answers but takes no samples');
  }

  #isSilent(nowMono: number): boolean {
    return nowMono - this.#sampledMono > SILENCE_MAX_MS;
  }

  #take(drain: FifoDrain): void {
    const { calibration, listener } = this.#options;
    if (this.#told !== 'found') {
      this.#told = 'found';
      this.#wasEverFound = true;
      listener.found();
    }
    if (drain.isAfterLoss) {
      const taken = Math.round((drain.lookedMs - this.#sampledMono) / this.#sampleClock.periodMs);
      this.#restart();
      listener.gap(Math.max(1, taken - drain.entries));
    }
    this.#sampledMono = drain.lookedMs;
    const first = this.#nextIndex;
    this.#nextIndex += drain.entries;
    this.#sampleClock.observe(this.#nextIndex - 1, drain.lookedMs);

    const xyz = new Float32Array(drain.entries * 3);
    for (let i = 0; i < xyz.length; i++) xyz[i] = (drain.counts[i] as number) * COUNT_G;
    calibrate(xyz, calibration);
    listener.samples({
      startMs: this.#sampleClock.timeOf(first),
      periodMs: this.#sampleClock.periodMs,
      xyz,
    });
  }

  #restart(): void {
    this.#sampleClock.restart();
    this.#nextIndex = 0;
  }

  #lose(reason: FaultBody['reason'], detail: string): void {
    this.#isConnected = false;
    // The settings are what is missing after a reset, and they can be written at once.
    if (reason === 'reset') this.#nextConnectMono = this.#now();
    if (this.#told === 'lost') return;
    this.#told = 'lost';
    this.#options.listener.lost(reason, detail);
  }
}
