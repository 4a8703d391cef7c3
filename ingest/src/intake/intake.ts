import { setTimeout as delay } from 'node:timers/promises';
import { deviceTopic, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { CommitReport } from '../inbox/commit-report.ts';
import type { Submission } from '../inbox/submission.ts';
import type { BrokerLink, DeliveredPacket, OpenBrokerLink } from './broker-link.ts';
import { readMessage } from './message-reader.ts';
import { type PacketLimits, PacketWindow } from './packet-window.ts';
import { type BatchStore, commitAround } from './poison-isolation.ts';

/** What may wait for the store: the next batch. The garbage collector carries around what waits, so that more would cost. */
const WINDOW: PacketLimits = { packets: 2000, bytes: 8 * 1024 * 1024 };
/**
 * A batch is committed when so much waits or the window is full, or so long after its first packet came. It costs some
 * statements for each device that it holds: under load a large one brings more messages of each. Its bytes are those of
 * its payloads and of what is kept of their unreadable parts.
 */
const BATCH: PacketLimits = { packets: 1600, bytes: 2 * 1024 * 1024 };
const LINGER_MS = 20;
const STORE_RETRY: RetryPlan = { firstMs: 100, maxMs: 10_000, factor: 2 };
/** Failed commits in a row before the broker is left: a full window held longer would run into its keep-alive. */
const RETRIES_CONNECTED = 6;

export interface IntakeOptions {
  openLink: OpenBrokerLink;
  inbox: BatchStore;
  random: () => number;
  log: Logger;
  onCommit: (report: CommitReport) => void;
}

export interface IntakeState {
  isConnected: boolean;
  /** Failed commits in a row; 0 while the store works. */
  storeFailures: number;
  waiting: number;
}

/** Packets that are committed together, and what those of our topics say. */
interface Batch {
  packets: DeliveredPacket[];
  submissions: Submission[];
}

/**
 * Takes messages from the broker to the inbox: wait for a batch, commit, PUBACK, receipts.
 * Nothing is acknowledged before it is on disk; a store that fails is asked again for ever.
 */
export class Intake {
  readonly #options: IntakeOptions;
  readonly #window = new PacketWindow<DeliveredPacket>(WINDOW);
  readonly #link: BrokerLink;
  readonly #stopping = new AbortController();
  readonly #loop: Promise<void>;
  // Wakes the loop when a batch is ready or the intake stops.
  #wake: () => void = () => {};
  // Set while packets wait that came less than the linger ago; undefined where none wait or the oldest has waited enough.
  #lingering: NodeJS.Timeout | undefined;
  #storeFailures = 0;
  // Set by `suspend` until `resume`.
  #isSuspended = false;
  // Set by the first reject that the quarantine has no room for.
  #isOverflowLogged = false;

  constructor(options: IntakeOptions) {
    this.#options = options;
    this.#link = options.openLink({ deliver: (packet) => this.#admit(packet) });
    this.#loop = this.#run();
  }

  get state(): IntakeState {
    return {
      isConnected: this.#link.isConnected,
      storeFailures: this.#storeFailures,
      waiting: this.#window.size,
    };
  }

  /** Leaves the broker and forgets what waits: its senders keep it, as they get no receipt. */
  suspend(): void {
    this.#isSuspended = true;
    this.#link.suspend();
    this.#window.clear();
  }

  /** Comes back to the broker, unless the intake has been stopped. */
  resume(): void {
    this.#isSuspended = false;
    if (!this.#stopping.signal.aborted) this.#link.resume();
  }

  /** Commits what is waiting, sends its receipts and leaves the broker. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#wake();
    await this.#loop;
    await this.#link.close();
  }

  #admit(packet: DeliveredPacket): 'room' | 'full' {
    if (this.#window.size === 0) this.#linger();
    this.#window.add(packet);
    if (this.#isReady) this.#wake();
    return this.#window.isFull || this.#stopping.signal.aborted ? 'full' : 'room';
  }

  /** Whether a batch is worth its commit. */
  get #isReady(): boolean {
    const { size, isFull } = this.#window;
    return isFull || this.#window.holds(BATCH) || (size > 0 && this.#lingering === undefined);
  }

  /** Begins with the first packet of a batch, so that what came during a commit does not wait once more after it. */
  #linger(): void {
    this.#lingering = setTimeout(() => {
      this.#lingering = undefined;
      this.#wake();
    }, LINGER_MS);
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#batchReady();
      const batch = this.#takeBatch();
      clearTimeout(this.#lingering);
      this.#lingering = undefined;
      if (batch.packets.length === 0 && this.#stopping.signal.aborted) return;
      // What comes meanwhile is read while the store works.
      if (!this.#stopping.signal.aborted) this.#link.read();
      await this.#commit(batch);
    }
  }

  /** Resolves when a batch is worth its commit, at once where the intake stops. */
  async #batchReady(): Promise<void> {
    while (!this.#isReady && !this.#stopping.signal.aborted) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Reads the oldest packets, and none before its turn: what is made of one is much larger than the packet. */
  #takeBatch(): Batch {
    const batch: Batch = { packets: [], submissions: [] };
    let bytes = 0;
    while (batch.packets.length < BATCH.packets && bytes < BATCH.bytes) {
      const packet = this.#window.shift();
      if (packet === undefined) break;
      const submission = readMessage(packet);
      batch.packets.push(packet);
      if (submission !== undefined) batch.submissions.push(submission);
      bytes += packet.payload.length + rejectedBytes(submission);
    }
    return batch;
  }

  async #commit({ packets, submissions }: Batch): Promise<void> {
    const report = await this.#commitUntilDone(submissions);
    if (report === undefined) return;
    this.#link.acknowledge(packets);
    for (const { deviceId, receipt } of report.receipts)
      this.#link.publish(deviceTopic(deviceId, 'receipt'), JSON.stringify(receipt));
    this.#logOverflow(report);
    this.#options.onCommit(report);
  }

  /** Once: from then on the metric counts. */
  #logOverflow({ overflow }: CommitReport): void {
    if (overflow === 0 || this.#isOverflowLogged) return;
    this.#isOverflowLogged = true;
    this.#options.log.warn(
      { code: 'INGEST_QUARANTINE_FULL', overflow },
      'the quarantine is full; what is refused further is only counted',
    );
  }

  /** @returns undefined where the intake was stopped while the store failed: the devices still hold the records */
  async #commitUntilDone(batch: readonly Submission[]): Promise<CommitReport | undefined> {
    const { inbox, log, random } = this.#options;
    for (;;) {
      try {
        const report = await commitAround(inbox, batch);
        if (this.#storeFailures > 0) log.info({ failures: this.#storeFailures }, 'store commits again');
        this.#storeFailures = 0;
        if (!this.#isSuspended) this.#link.resume();
        return report;
      } catch (error) {
        if (this.#storeFailures === 0)
          log.error({ err: error }, 'store cannot commit; nothing is acknowledged');
      }
      if (this.#stopping.signal.aborted) return undefined;
      this.#storeFailures += 1;
      if (this.#storeFailures >= RETRIES_CONNECTED) {
        this.#link.suspend();
        this.#window.clear();
      }
      await this.#pause(retryDelayMs(STORE_RETRY, this.#storeFailures - 1, random()));
    }
  }

  /** A pause that a stop cuts short. */
  async #pause(ms: number): Promise<void> {
    await delay(ms, undefined, { signal: this.#stopping.signal }).catch(() => {});
  }
}

/** A message of a few kB can hold a thousand records that cannot be read, of which each keeps the message's own words. */
function rejectedBytes(submission: Submission | undefined): number {
  if (submission?.kind !== 'run') return 0;
  return submission.rejects.reduce((sum, { raw }) => sum + raw.length, 0);
}
