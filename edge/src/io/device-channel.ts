import { type Clock, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import type { BusQueue } from './bus-queue.ts';
import { type DeviceFaultReason, type DeviceHealth, faultReason, newDeviceHealth } from './device-health.ts';
import type { DevicePolicy } from './device-policy.ts';
import type { I2cTransport } from './transport.ts';

export type ReplyListener = (bytes: number[]) => void;

/** Writes of a driver's initialisation that are kept for a replay; johnny-five's longest needs fewer than ten. */
const SETUP_WRITES_MAX = 64;

/**
 * All traffic of one chip that a johnny-five driver speaks to.
 *
 * INVARIANTS
 * - steps run one after the other in the order of the driver's calls; a step waits without holding the bus
 * - a driver is called back with good replies only, once per single read, and never after `close`
 * - the writes before the first measurement are the chip's settings; they are repeated when it lost them
 */
export class DeviceChannel {
  readonly health: DeviceHealth = newDeviceHealth();
  readonly #address: number;
  readonly #policy: DevicePolicy;
  readonly #bus: BusQueue;
  readonly #clock: Clock;
  readonly #report: (event: 'error' | 'recovered' | 'reset') => void;
  readonly #setupWrites: Uint8Array[] = [];
  #isSetupOver = false;
  #lastWrite: Uint8Array | undefined;
  /** Monotonic time before which a self-rearming driver gets no further measurement; set by each whole one. */
  #notBeforeMono = 0;
  /** When the first reply of the measurement under way came; set and cleared by good replies. */
  #measuringSinceMono: number | undefined;
  /** End of the chain of steps; never rejects but by a bug. */
  #tail: Promise<void> = Promise.resolve();
  #isClosed = false;
  readonly #polls = new Set<ReturnType<typeof setInterval>>();

  constructor(
    address: number,
    policy: DevicePolicy,
    bus: BusQueue,
    clock: Clock,
    report: (event: 'error' | 'recovered' | 'reset') => void,
  ) {
    this.#address = address;
    this.#policy = policy;
    this.#bus = bus;
    this.#clock = clock;
    this.#report = report;
  }

  write(bytes: Uint8Array): void {
    const writes = this.#policy.rewrite?.(bytes) ?? [bytes];
    if (!this.#isSetupOver && this.#setupWrites.length < SETUP_WRITES_MAX) this.#setupWrites.push(...writes);
    this.#enqueue(async () => {
      await this.#pause(this.#notBeforeMono - this.#clock.monotonicMs());
      for (const written of writes) {
        this.#lastWrite = written;
        await this.#writeOut(written);
      }
    });
  }

  /** Reads until a good reply comes: the drivers wait for it without end. */
  readOnce(register: number | null, length: number, listener: ReplyListener): void {
    const retry: RetryPlan = { firstMs: 100, maxMs: this.#policy.intervalMs, factor: 2 };
    this.#isSetupOver ||= register === null;
    this.#enqueue(async () => {
      await this.#pause(this.#notBeforeMono - this.#clock.monotonicMs());
      let reply = await this.#read(register, length);
      for (let attempt = 0; reply === undefined && !this.#isClosed; attempt++) {
        await this.#pause(retryDelayMs(retry, attempt, 1));
        // A read without a register answers the command before it, which the chip has dropped by now.
        if (register === null && this.#lastWrite !== undefined) await this.#writeOut(this.#lastWrite);
        reply = await this.#read(register, length);
      }
      if (reply === undefined || this.#isClosed) return;
      if (this.#policy.isSelfRearming && !this.#policy.isPartial?.(register))
        this.#notBeforeMono = this.#clock.monotonicMs() + this.#policy.intervalMs;
      listener(reply);
    });
  }

  /** Reads once per interval until `stopPolls`, first after one interval: the chip needs time to convert. */
  poll(register: number | null, length: number, listener: ReplyListener): void {
    this.#isSetupOver = true;
    let isUnderWay = false;
    const timer = setInterval(() => {
      if (isUnderWay) return;
      isUnderWay = true;
      this.#enqueue(async () => {
        const reply = await this.#read(register, length);
        isUnderWay = false;
        if (reply !== undefined && !this.#isClosed) listener(reply);
      });
    }, this.#policy.intervalMs);
    this.#polls.add(timer);
  }

  stopPolls(): void {
    for (const timer of this.#polls) clearInterval(timer);
    this.#polls.clear();
  }

  close(): void {
    this.#isClosed = true;
    this.stopPolls();
  }

  #enqueue(step: () => Promise<void>): void {
    this.#tail = this.#tail.then(() => (this.#isClosed ? undefined : step()));
  }

  async #read(register: number | null, length: number): Promise<number[] | undefined> {
    const reply = await this.#transferIn(register, length);
    if (reply === undefined) return undefined;
    const verdict = this.#policy.guard(register, reply);
    if (verdict === 'ok') {
      this.#succeeded(register);
      return this.#policy.onRead?.(register, reply) ?? Array.from(reply);
    }
    this.#failed(verdict);
    if (verdict === 'reset') {
      this.#report('reset');
      for (const written of this.#setupWrites) await this.#writeOut(written);
    }
    return undefined;
  }

  async #transferIn(register: number | null, length: number): Promise<Uint8Array | undefined> {
    const address = this.#address;
    if (register === null) return this.#attempt((transport) => transport.read(address, length));
    const split = this.#policy.splitRead?.(register);
    if (split === undefined)
      return this.#attempt((transport) => transport.writeRead(address, Uint8Array.of(register), length));
    const isUnderstood = await this.#attempt(async (transport) => {
      await transport.write(address, split.command);
      return true;
    });
    if (!isUnderstood) return undefined;
    await this.#pause(split.waitMs);
    return this.#attempt((transport) => transport.read(address, split.length));
  }

  /** A write that fails is not repeated: the read that follows it fails too, and that one is. */
  async #writeOut(bytes: Uint8Array): Promise<void> {
    await this.#attempt((transport) => transport.write(this.#address, bytes));
    await this.#pause(this.#policy.settleMs(bytes));
  }

  async #attempt<T>(transfer: (transport: I2cTransport) => Promise<T>): Promise<T | undefined> {
    try {
      return await this.#bus.run(transfer);
    } catch (error) {
      this.#failed(faultReason(error));
      return undefined;
    }
  }

  #succeeded(register: number | null): void {
    const wasFailing = this.health.consecutiveErrors > 0;
    this.#measuringSinceMono ??= this.#clock.monotonicMs();
    if (!this.#policy.isPartial?.(register)) {
      // Its oldest part says how old the measurement is: the chip may have been away in the middle of it.
      this.health.lastOkMono = this.#measuringSinceMono;
      this.#measuringSinceMono = undefined;
    }
    this.health.consecutiveErrors = 0;
    this.health.replies += 1;
    if (wasFailing) this.#report('recovered');
  }

  #failed(reason: DeviceFaultReason): void {
    this.health.consecutiveErrors += 1;
    this.health.errors += 1;
    this.health.lastError = reason;
    this.#report('error');
  }

  async #pause(ms: number): Promise<void> {
    if (ms > 0) await new Promise<void>((resolve) => setTimeout(resolve, ms));
  }
}
