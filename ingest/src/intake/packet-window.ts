/** How many packets, and how many bytes of them. */
export interface PacketLimits {
  packets: number;
  bytes: number;
}

/** A bounded line of packets. The broker's own limits are not trusted: some brokers have none. */
export class PacketWindow<T extends { bytes: number }> {
  readonly #limits: PacketLimits;
  #packets: T[] = [];
  #bytes = 0;

  constructor(limits: PacketLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#packets.length;
  }

  get isFull(): boolean {
    return this.holds(this.#limits);
  }

  /** Whether it holds so many packets or so many bytes. */
  holds({ packets, bytes }: PacketLimits): boolean {
    return this.#packets.length >= packets || this.#bytes >= bytes;
  }

  add(packet: T): void {
    this.#packets.push(packet);
    this.#bytes += packet.bytes;
  }

  /** Takes the oldest packets out, in the order of arrival, until one limit is reached; one at least, where there is one. */
  take({ packets, bytes }: PacketLimits): T[] {
    let count = 0;
    let weight = 0;
    for (; count < packets && weight < bytes; count++) {
      const packet = this.#packets[count];
      if (packet === undefined) break;
      weight += packet.bytes;
    }
    this.#bytes -= weight;
    return this.#packets.splice(0, count);
  }

  clear(): void {
    this.#packets = [];
    this.#bytes = 0;
  }
}
