import type { Clock, FaultBody } from '@jostle/contracts';
import { type Calibration, calibrate } from '../../calibration/calibration.ts';
import type { SampleBlock } from '../../detection/index.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import { faultReason } from '../../io/device-health.ts';
import { type FifoChip, FifoDrain } from './fifo-chip.ts';
import { SampleClock } from './sample-clock.ts';

const CONNECT_EVERY_MS = 1000;
const SETTINGS_CHECK_EVERY_MS = 30_000;
/**
 * A chip that is there and measures is never without a sample for so long, or for three drains where that is longer;
 * until then the FIFO may run over.
 */
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
  chip: FifoChip;
  bus: BusQueue;
  clock: Clock;
  address: number;
  calibration: Calibration;
  listener: RecorderListener;
}

/**
 * Takes every sample out of the FIFO of a chip.
 *
 * INVARIANTS
 * - at most one transaction is under way; a timer or an interrupt that comes meanwhile is skipped
 * - blocks between two calls of `gap` or `lost` are consecutive samples
 */
export class FifoRecorder {
  readonly #options: RecorderOptions;
  readonly #sampleClock: SampleClock;
  readonly #drain: FifoDrain;
  readonly #silenceMaxMs: number;
  readonly #now: () => number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #step: Promise<void> | undefined;
  #isConnected = false;
  /** What the listener was told last. */
  #told: 'nothing' | 'found' | 'lost' = 'nothing';
  #wasEverFound = false;
  #nextConnectMono = 0;
  #nextCheckMono = 0;
  /** When samples were last taken, and how many newer ones were left in the FIFO then. */
  #sampledMono = 0;
  #leftBehind = 0;
  /** Number of the next sample since the last gap. */
  #nextIndex = 0;

  constructor(options: RecorderOptions) {
    const { chip } = options;
    this.#options = options;
    this.#sampleClock = new SampleClock(chip.rateHz);
    this.#drain = new FifoDrain(chip.capacity);
    this.#silenceMaxMs = Math.max(SILENCE_MAX_MS, 3 * chip.drainEveryMs);
    this.#now = () => options.clock.monotonicMs();
  }

  /** Resolves after the first attempt to reach the chip, with whether it is there. */
  async start(): Promise<boolean> {
    await this.#connect();
    this.#timer = setInterval(() => this.#tick(), this.#options.chip.drainEveryMs);
    return this.#isConnected;
  }

  /** The chip says that its FIFO has filled; the timer then need not come for a while. */
  interrupt(): void {
    // No FIFO fills so soon after a drain: a line that hangs in the air must not take the whole bus.
    const isEarly = this.#now() - this.#sampledMono < this.#options.chip.drainEveryMs / 2;
    if (!this.#isConnected || isEarly) return;
    this.#timer?.refresh();
    this.#tick();
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
    const { chip, bus, address } = this.#options;
    this.#nextConnectMono = this.#now() + CONNECT_EVERY_MS;
    try {
      this.#isConnected = await bus.run(async (transport) => {
        if (!(await chip.identify(transport, address))) return false;
        await chip.configure(transport, address);
        return true;
      });
      if (!this.#isConnected) return this.#lose('absent', 'another chip answers at this address');
    } catch (error) {
      return this.#lose(this.#wasEverFound ? 'stale' : 'absent', `no answer: ${faultReason(error)}`);
    }
    const now = this.#now();
    this.#drain.isBroken = false;
    this.#nextCheckMono = now + SETTINGS_CHECK_EVERY_MS;
    this.#sampledMono = now + chip.settleMs;
    this.#leftBehind = 0;
    this.#restart();
  }

  async #readOut(): Promise<void> {
    const { chip, bus, address } = this.#options;
    const drain = this.#drain;
    try {
      await bus.run((transport) => chip.drain(transport, address, this.#now, drain), 'drain');
      if (drain.entries > 0) this.#take(drain);
      if (drain.lookedMs >= this.#nextCheckMono || this.#isSilent(drain.lookedMs))
        await this.#checkSettings();
    } catch (error) {
      const reason = faultReason(error);
      if (this.#isSilent(this.#now())) this.#lose('stale', `no answer: ${reason}`);
    }
  }

  async #checkSettings(): Promise<void> {
    const { chip, bus, address } = this.#options;
    this.#nextCheckMono = this.#now() + SETTINGS_CHECK_EVERY_MS;
    const isSet = await bus.run((transport) => chip.isConfigured(transport, address));
    if (!isSet) this.#lose('reset', 'the settings were gone: the supply broke down');
    else if (this.#isSilent(this.#drain.lookedMs))
      this.#lose('stale', 'the chip answers but takes no samples');
  }

  #isSilent(nowMono: number): boolean {
    return nowMono - this.#sampledMono > this.#silenceMaxMs;
  }

  #take(drain: FifoDrain): void {
    const { chip, calibration, listener } = this.#options;
    if (this.#told !== 'found') {
      this.#told = 'found';
      this.#wasEverFound = true;
      listener.found();
    }
    if (drain.isAfterLoss) {
      const taken = Math.round((drain.lookedMs - this.#sampledMono) / this.#sampleClock.periodMs);
      this.#restart();
      listener.gap(Math.max(1, taken + this.#leftBehind - drain.entries - drain.left));
    }
    this.#sampledMono = drain.lookedMs;
    this.#leftBehind = drain.left;
    const first = this.#nextIndex;
    this.#nextIndex += drain.entries;
    this.#sampleClock.observe(this.#nextIndex - 1 + drain.left, drain.lookedMs);

    const xyz = new Float32Array(drain.entries * 3);
    for (let i = 0; i < xyz.length; i++) xyz[i] = (drain.counts[i] as number) * chip.countG;
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
