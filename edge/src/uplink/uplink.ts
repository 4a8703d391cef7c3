import { type Clock, encodeUpMessage, type ReceiptMessage, type StatusMessage } from '@jostle/contracts';
import type { Logger } from 'pino';
import manifest from '../../package.json' with { type: 'json' };
import { wallTimeOf } from '../clock/wall-time.ts';
import type { Outbox } from '../outbox/outbox.ts';
import type { Link, OpenLink } from './link.ts';
import { readReceipt } from './receipt-reader.ts';
import { SendWindow } from './send-window.ts';

/** Above this nothing more is sent, bytes: no event overtakes what waits in the connection of a slow mobile network. */
const UNSENT_MAX = 64 * 1024;

export interface UplinkOptions {
  outbox: Outbox;
  /** The boot that `clock` belongs to. */
  bootId: string;
  openLink: OpenLink;
  clock: Clock;
  /** Numbers in [0, 1), for jitter. */
  random: () => number;
  log: Logger;
}

/**
 * Moves records from the outbox to ingest. A record leaves the outbox only on ingest's receipt: the broker's
 * PUBACK says that the broker has it in memory, which is not enough to forget it.
 */
export class Uplink {
  readonly #outbox: Outbox;
  readonly #bootId: string;
  readonly #clock: Clock;
  readonly #log: Logger;
  readonly #window: SendWindow;
  readonly #link: Link;
  #isUp = false;
  /** Monotonic ms. */
  #lastReceiptMono: number | null = null;
  /** Called when the outbox is empty; set by `drained`. */
  #onEmpty: (() => void) | undefined;

  constructor({ outbox, bootId, openLink, clock, random, log }: UplinkOptions) {
    this.#outbox = outbox;
    this.#bootId = bootId;
    this.#clock = clock;
    this.#log = log;
    this.#window = new SendWindow(random);
    this.#link = openLink({
      up: () => this.#up(),
      down: () => this.#down(),
      receipt: (payload) => this.#receipt(payload),
    });
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** When the last receipt was applied, ms since the epoch by the wall clock as it stands now. */
  get lastReceiptAt(): number | null {
    return this.#lastReceiptMono === null ? null : wallTimeOf(this.#clock, this.#lastReceiptMono);
  }

  /** Sends what may be sent now. Call it after each append, and a few times a second for what is overdue. */
  pump(): void {
    if (!this.#isUp) return;
    const now = this.#clock.monotonicMs();
    // No receipt is overdue of what has not left.
    if (this.#link.unsentBytes() === 0) this.#window.expire(now);
    const room = this.#window.room();
    if (room === 0 || this.#outbox.count === 0) return;
    for (const run of this.#outbox.takeRuns(this.#window.inFlight(), room)) {
      // What is not sent now is given again.
      if (this.#link.unsentBytes() > UNSENT_MAX) return;
      const sent = { bootId: this.#bootId, monotonicMs: now };
      const { epoch, span } = this.#outbox;
      const message = encodeUpMessage(epoch, span, run.records, sent, run.chainBefore);
      this.#link.publish('up', JSON.stringify(message));
      this.#window.sent(run.fromSeq, run.toSeq, now);
    }
  }

  /** Resolves when everything has its receipt, when `signal` ends the wait, and at once where there is no connection. */
  drained(signal: AbortSignal): Promise<void> {
    this.pump();
    if (!this.#isUp || this.#outbox.count === 0 || signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      this.#onEmpty = resolve;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async close(): Promise<void> {
    await this.#link.close(this.#status('offline'));
    this.#isUp = false;
  }

  #up(): void {
    this.#isUp = true;
    this.#log.info({ backlog: this.#outbox.count }, 'uplink is up');
    this.#link.publish('status', this.#status('online'));
    this.pump();
  }

  #down(): void {
    if (this.#isUp) this.#log.info({ backlog: this.#outbox.count }, 'uplink is down');
    this.#isUp = false;
    this.#window.forgetAll();
  }

  #receipt(payload: Buffer): void {
    const receipt = readReceipt(payload);
    if (receipt === undefined) {
      this.#log.warn({ bytes: payload.length }, 'receipt is malformed');
      return;
    }
    const outcome = this.#outbox.applyReceipt(receipt, this.#clock.wallMs());
    if (outcome.kind === 'refused') {
      this.#log.warn({ reason: outcome.reason, epoch: receipt.epoch, upTo: receipt.upTo }, 'receipt refused');
      if (outcome.reason === 'beyond-last-seq') this.#beginNewEpoch(receipt);
      return;
    }
    if (receipt.dead.length > 0)
      this.#log.warn({ dead: receipt.dead.slice(0, 20) }, 'records were quarantined');
    this.#lastReceiptMono = this.#clock.monotonicMs();
    this.#window.settle(outcome.covered, this.#lastReceiptMono);
    if (this.#outbox.count === 0) this.#onEmpty?.();
    else this.pump();
  }

  /** Another life of this outbox has used its seqs up. */
  #beginNewEpoch(receipt: ReceiptMessage): void {
    const before = { epoch: receipt.epoch, backlog: this.#outbox.count };
    this.#outbox.beginNewEpoch(receipt, this.#bootId);
    if (this.#outbox.epoch === before.epoch) return;
    this.#window.forgetAll();
    const { epoch, count: backlog } = this.#outbox;
    this.#log.error({ code: 'EDGE_OUTBOX_RESTORED', before, epoch, backlog }, 'a new epoch begins');
    this.pump();
  }

  #status(state: StatusMessage['state']): string {
    const message: StatusMessage = { v: 1, state, agent: manifest.version, backlog: this.#outbox.count };
    return JSON.stringify(message);
  }
}
