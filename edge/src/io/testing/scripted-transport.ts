import { I2cFault, type I2cTransport } from '../transport.ts';

/** One transfer as a chip would see it: `w30a2`, `r6` or `rf7/8`, bytes in hex. */
export type Transfer = string;

/**
 * A bus for tests: `answer` is asked at each transfer and gives the bytes of the reply, a fault, or undefined for an
 * acknowledged write. All transfers are kept in order.
 */
export class ScriptedTransport implements I2cTransport {
  readonly transfers: Transfer[] = [];
  answer: (transfer: Transfer) => readonly number[] | 'nack' | undefined;

  constructor(answer: (transfer: Transfer) => readonly number[] | 'nack' | undefined = () => undefined) {
    this.answer = answer;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    this.#transfer(address, `w${Buffer.from(bytes).toString('hex')}`);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    return this.#transfer(address, `r${length}`);
  }

  async writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    return this.#transfer(address, `r${Buffer.from(register).toString('hex')}/${length}`);
  }

  async probe(): Promise<boolean> {
    return true;
  }

  async close(): Promise<void> {}

  #transfer(address: number, transfer: Transfer): Uint8Array {
    this.transfers.push(transfer);
    const answer = this.answer(transfer);
    if (answer === 'nack') throw new I2cFault('nack', address);
    return Uint8Array.from(answer ?? []);
  }
}
