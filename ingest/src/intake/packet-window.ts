/** Bounds of what waits between the broker and the store. */
export interface WindowLimits {
  packets: number;
  bytes: number;
}

/** A bounded line of packets. The broker's own limits are not trusted: some brokers have none. */
export class PacketWindow<T extends { bytes: number }> {
  readonly #limits: WindowLimits;
  #packets: T[] = [];
  #bytes = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#packets.length;
  }

  get isFull(): boolean {
    return this.#packets.length >= this.#limits.packets || this.#bytes >= this.#limits.bytes;
  }

  add(packet: T): void {
    this.#packets.push(packet);
    this.#bytes += packet.bytes;
  }

  /** Takes the oldest packets out, at most `count`, in the order of arrival. */
  take(count: number): T[] {
    const taken = this.#packets.splice(0, count);
    for (const packet of taken) this.#bytes -= packet.bytes;
    return taken;
  }

  clear(): void {
    this.#packets = [];
    this.#bytes = 0;
  }
}
