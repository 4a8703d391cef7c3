import { I2cFault, type I2cFaultKind, type I2cTransport } from '../transport.ts';

/** What a chip replies to the bytes that were written to it; null where it does not acknowledge. */
export type Reply = (written: string) => readonly number[] | null;

/** A bus for tests with a chip per address; an address may have a fault in place of a chip. */
export class AddressedBus implements I2cTransport {
  /** Every write with data, as `44:f32d`, in order; a register to be read counts. */
  readonly writes: string[] = [];
  /** Addresses that were probed without data, in order. */
  readonly probes: number[] = [];
  /** Key: address. */
  readonly #chips: ReadonlyMap<number, Reply | I2cFaultKind>;
  /** What was written last, in hex; a read without a register answers it. */
  #written = '';

  constructor(chips: Readonly<Record<number, Reply | I2cFaultKind>>) {
    this.#chips = new Map(Object.entries(chips).map(([address, chip]) => [Number(address), chip]));
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.#written = Buffer.from(bytes).toString('hex');
    this.writes.push(`${address.toString(16)}:${this.#written}`);
    this.#reply(address);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const reply = this.#reply(address);
    return Uint8Array.from({ length }, (_, i) => reply[i] ?? 0xff);
  }

  async writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    await this.write(address, register);
    return this.read(address, length);
  }

  async probe(address: number): Promise<boolean> {
    this.probes.push(address);
    return typeof this.#chips.get(address) === 'function';
  }

  async close(): Promise<void> {}

  #reply(address: number): readonly number[] {
    const chip = this.#chips.get(address);
    const reply = typeof chip === 'function' ? chip(this.#written) : null;
    if (reply === null) throw new I2cFault(typeof chip === 'string' ? chip : 'nack', address);
    return reply;
  }
}
