import type { Clock, FaultBody, RecordDraft, ShockBody } from '@jostle/contracts';
import { BusQueue } from '../io/bus-queue.ts';
import type { I2cTransport } from '../io/transport.ts';
import { DraftOutlet } from '../sensing/draft-outlet.ts';
import type { ShockChip } from '../sensing/sensing-config.ts';
import { ShockChannel } from '../sensing/shock/shock-channel.ts';
import { type TapVerdict, tapVerdict } from './tap-verdict.ts';

/** A fingertip counts, the chip's own noise does not: 0.1 g an axis around the weight (ADXL375 datasheet rev. B, Specifications). */
export const TAP_FROM_G = 2.5;
const POLL_MS = 50;
/** Whoever has been asked to tap has done so by then. */
const TAP_WITHIN_MS = 30_000;

/** One tap as the agent's own detection describes it, and what the agent would have made of it. */
export interface Tap {
  kind: 'tap';
  shock: ShockBody;
  verdict: TapVerdict;
}

export interface NoTap {
  kind: 'none';
  /** What was found in place of a tap. */
  found: string;
  fix: string;
}

/** The agent's shock channel with a lower trigger and nothing left out, so that a tap that it would not store shows too. */
export class TapWatch {
  readonly #chip: ShockChip;
  readonly #clock: Clock;
  readonly #channel: ShockChannel;
  readonly #drafts: DraftOutlet;
  readonly #shocks: ShockBody[] = [];
  /** The fault that is raised; set and cleared by the channel's records. */
  #fault: FaultBody | null = null;
  /** Largest resultant since the tap before, g; set by the coverage that `next` asks for. */
  #highestG = 0;

  constructor(transport: I2cTransport, clock: Clock, chip: ShockChip) {
    this.#chip = chip;
    this.#clock = clock;
    this.#drafts = new DraftOutlet(clock, (drafts) => this.#note(drafts));
    const open = {
      ...chip,
      triggerG: Math.min(TAP_FROM_G, chip.triggerG),
      storage: { minPeakG: 0, minVelocityChangeMps: 0, minDurationMs: 0 },
    };
    this.#channel = new ShockChannel(open, new BusQueue(transport), clock, this.#drafts);
    // Not awaited: the chip is looked for again while it is absent, and simulated time passes only in `next`.
    void this.#channel.start();
  }

  get sensor(): string {
    return this.#channel.sensor;
  }

  /** The next tap; none after 30 s, or where the chip is away. */
  async next(pass: (ms: number) => Promise<void>): Promise<Tap | NoTap> {
    const untilMono = this.#clock.monotonicMs() + TAP_WITHIN_MS;
    while (this.#clock.monotonicMs() < untilMono) {
      await pass(POLL_MS);
      const shock = this.#shocks.shift();
      if (shock === undefined) continue;
      this.#look();
      return { kind: 'tap', shock, verdict: tapVerdict(shock, this.#highestG, this.#chip) };
    }
    this.#look();
    return this.#noTap();
  }

  /** The transport stays open. */
  close(): Promise<void> {
    return this.#channel.stop();
  }

  /** Ends the span of the channel, whose record has its highest sample. */
  #look(): void {
    this.#highestG = 0;
    this.#channel.cut();
    this.#drafts.flush();
  }

  #noTap(): NoTap {
    if (this.#fault !== null)
      return {
        kind: 'none',
        found: `${this.sensor} gives no samples: ${this.#fault.reason}: ${this.#fault.detail}`,
        fix: 'Check cable, supply and address, and run `jostle-edge doctor`.',
      };
    return {
      kind: 'none',
      found: `no tap within ${TAP_WITHIN_MS / 1000} s; the highest sample was ${this.#highestG.toFixed(1)} g`,
      fix: 'Tap harder and nearer to the recorder. If that does nothing, run `jostle-edge selftest` and see whether the chip is fixed rigidly.',
    };
  }

  #note(drafts: readonly RecordDraft[]): void {
    for (const draft of drafts) {
      if (draft.kind === 'shock') this.#shocks.push(draft.body);
      else if (draft.kind === 'coverage') this.#highestG = Math.max(this.#highestG, draft.body.peakG);
      else if (draft.kind === 'fault') this.#fault = draft.body.isRaised ? draft.body : null;
    }
  }
}
