import type { DeviceTally, FromEdge } from './edge-messages.ts';

type Tally = Extract<FromEdge, { type: 'tally' }>;

/** How things stand, as the edge processes said last; those that are down say nothing. */
export class EdgeTallies {
  /** Key: name of the part. */
  readonly #latest = new Map<string, Tally>();

  note(part: string, tally: Tally): void {
    this.#latest.set(part, tally);
  }

  /** It begins a new life. */
  forget(part: string): void {
    this.#latest.delete(part);
  }

  get devices(): DeviceTally[] {
    return [...this.#latest.values()].flatMap(({ devices }) => devices);
  }

  /** Records that the outboxes have confirmed. */
  get confirmed(): number {
    return this.devices.reduce((sum, { confirmed }) => sum + confirmed, 0);
  }

  /** Records without a receipt. */
  get backlog(): number {
    return this.devices.reduce((sum, { backlog }) => sum + backlog, 0);
  }

  /** Whether all have heard that there is to be no load. */
  get areIdle(): boolean {
    return [...this.#latest.values()].every(({ load }) => load.perSecond === 0);
  }

  get areDisconnected(): boolean {
    return this.devices.every(({ isConnected }) => !isConnected);
  }

  /** Those that have no connection, or no receipt for everything. */
  get unfinished(): DeviceTally[] {
    return this.devices.filter(({ backlog, isConnected }) => backlog > 0 || !isConnected);
  }
}
