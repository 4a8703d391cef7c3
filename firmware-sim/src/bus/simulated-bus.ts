import { I2cFault, type I2cTransport } from '@jostle/edge/sensing';
import type { SimulatedChip } from '../chips/chip.ts';
import { seededRandom } from '../world/random.ts';

/** What is wrong with the bus at the moment; a test or a scenario sets it. */
export interface BusFaults {
  /** A line is held low: no transaction works. */
  isStuck: boolean;
  /** Every nth transaction is not acknowledged; 0 for none. */
  nackEvery: number;
  /** Probability that a byte read has one wrong bit. */
  byteErrorRate: number;
}

/**
 * An I2C bus with chip models on it. Each transaction is done at once and takes no simulated time;
 * the promise is already settled when it is handed out.
 */
export class SimulatedBus implements I2cTransport {
  readonly faults: BusFaults = { isStuck: false, nackEvery: 0, byteErrorRate: 0 };
  /** Transactions so far, failed ones too. */
  transactions = 0;
  /** Key: address of the chip. */
  readonly #chips = new Map<number, { chip: SimulatedChip; isPlugged: boolean }>();
  readonly #random: () => number;

  /** @param seed of the byte errors */
  constructor(seed = 1) {
    this.#random = seededRandom(seed);
  }

  attach(address: number, chip: SimulatedChip): void {
    chip.powerOn();
    this.#chips.set(address, { chip, isPlugged: true });
  }

  /** Takes the chip off bus and supply. */
  unplug(address: number): void {
    const slot = this.#chips.get(address);
    if (slot !== undefined) slot.isPlugged = false;
  }

  /** Puts it back: it starts from its reset values. Without an unplug before, it is a brown-out. */
  plug(address: number): void {
    const slot = this.#chips.get(address);
    if (slot === undefined) return;
    slot.chip.powerOn();
    slot.isPlugged = true;
  }

  write(address: number, bytes: Uint8Array): Promise<void> {
    const chip = this.#select(address);
    if (chip instanceof I2cFault) return Promise.reject(chip);
    return chip.write(bytes) ? DONE : Promise.reject(new I2cFault('nack', address));
  }

  read(address: number, length: number): Promise<Uint8Array> {
    const chip = this.#select(address);
    return chip instanceof I2cFault ? Promise.reject(chip) : this.#answer(chip, address, length);
  }

  writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    const chip = this.#select(address);
    if (chip instanceof I2cFault) return Promise.reject(chip);
    if (!chip.write(register)) return Promise.reject(new I2cFault('nack', address));
    return this.#answer(chip, address, length);
  }

  probe(address: number): Promise<boolean> {
    return Promise.resolve(!(this.#select(address) instanceof I2cFault));
  }

  close(): Promise<void> {
    return DONE;
  }

  #select(address: number): SimulatedChip | I2cFault {
    this.transactions++;
    const { isStuck, nackEvery } = this.faults;
    if (isStuck) return new I2cFault('stuck', address);
    const slot = this.#chips.get(address);
    const isRefused = nackEvery > 0 && this.transactions % nackEvery === 0;
    return slot?.isPlugged && !isRefused ? slot.chip : new I2cFault('nack', address);
  }

  #answer(chip: SimulatedChip, address: number, length: number): Promise<Uint8Array> {
    const bytes = chip.read(length);
    if (bytes === undefined) return Promise.reject(new I2cFault('nack', address));
    if (this.faults.byteErrorRate > 0) this.#disturb(bytes);
    return Promise.resolve(bytes);
  }

  #disturb(bytes: Uint8Array): void {
    for (let i = 0; i < bytes.length; i++)
      if (this.#random() < this.faults.byteErrorRate)
        bytes[i] = (bytes[i] ?? 0) ^ (1 << Math.floor(this.#random() * 8));
  }
}

const DONE = Promise.resolve();
