/** Counts the connections of each remote address, so that one address cannot take all of them. */
export class ConnectionCaps {
  readonly #maxPerAddress: number;
  /** By remote address. */
  readonly #open = new Map<string, number>();

  constructor(maxPerAddress: number) {
    this.#maxPerAddress = maxPerAddress;
  }

  /** Whether one more connection of this address is admitted; where it is, `leave` must be called at its end. */
  enter(address: string): boolean {
    const count = this.#open.get(address) ?? 0;
    if (count >= this.#maxPerAddress) return false;
    this.#open.set(address, count + 1);
    return true;
  }

  leave(address: string): void {
    const count = (this.#open.get(address) ?? 1) - 1;
    if (count > 0) this.#open.set(address, count);
    else this.#open.delete(address);
  }
}
