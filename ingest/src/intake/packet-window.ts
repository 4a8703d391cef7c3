/** How many packets, and how many bytes of their payloads. */
export interface PacketLimits {
  packets: number;
  bytes: number;
}

/** A bounded line of packets. The broker's own limits are not trusted: some brokers have none. */
export class PacketWindow<T extends { payload: { length: number } }> {
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
    this.#bytes += packet.payload.length;
  }

  /** Takes the oldest packet out; undefined where none waits. */
  shift(): T | undefined {
    const packet = this.#packets.shift();
    this.#bytes -= packet?.payload.length ?? 0;
    return packet;
  }

  clear(): void {
    this.#packets = [];
    this.#bytes = 0;
  }
}
