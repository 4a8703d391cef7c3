import { Pace, type PaceLimits } from './pace.ts';

/**
 * The pace of each device, which outlives its connections: one that connects again and again gets no new burst each
 * time. Those that logged in longest ago are forgotten first.
 */
export class DevicePaces {
  readonly #limits: PaceLimits;
  readonly #nowMs: () => number;
  readonly #maxDevices: number;
  /** By client id; the latest login is the last. */
  readonly #paces = new Map<string, Pace>();

  constructor(limits: PaceLimits, nowMs: () => number, maxDevices: number) {
    this.#limits = limits;
    this.#nowMs = nowMs;
    this.#maxDevices = maxDevices;
  }

  /** The pace of a device at its login. */
  of(clientId: string): Pace {
    const pace = this.#paces.get(clientId) ?? new Pace(this.#limits, this.#nowMs);
    this.#paces.delete(clientId);
    this.#paces.set(clientId, pace);
    for (const oldest of this.#paces.keys()) {
      if (this.#paces.size <= this.#maxDevices) break;
      this.#paces.delete(oldest);
    }
    return pace;
  }
}
