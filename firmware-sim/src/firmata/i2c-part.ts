import { I2cFault, type I2cTransport } from '@jostle/edge/sensing';
import { I2C_REPLY, pairsOf, STRING_DATA, sysex, valuesOf } from './wire.ts';

/** Bits 3 and 4 of the mode (Firmata protocol, i2c.md). */
const WRITE = 0;
const READ_ONCE = 1;
const READ_CONTINUOUSLY = 2;
const STOP_READING = 3;
/** StandardFirmata.ino, I2C_MAX_QUERIES. */
const QUERIES_MAX = 8;
/** Longest read (Arduino AVR core, Wire.h, BUFFER_LENGTH); of a longer one fewer bytes come. */
const READ_MAX = 32;
/** How often the Wire library looks whether a line that is held has been let go; the real one never stops looking, ms. */
const LOOK_AGAIN_MS = 10;

interface Query {
  address: number;
  /** Null for a read without one. */
  register: number | null;
  length: number;
}

/** The I2C part of StandardFirmata.ino: one buffer and one delay for all chips. */
export class I2cPart {
  readonly #bus: I2cTransport;
  readonly #send: (bytes: number[]) => void;
  /** `i2cRxData` without its head. Nothing clears it: a read that fails sends what the last good one left. */
  readonly #received = new Uint8Array(62);
  /** Between register and read; kept over a reset, and by a configuration with 0. */
  #delayUs = 0;
  #queries: Query[] = [];
  /** Whether the bus has been switched on, which every start of the board undoes. */
  isConfigured = false;

  constructor(bus: I2cTransport, send: (bytes: number[]) => void) {
    this.#bus = bus;
    this.#send = send;
  }

  /** Whether continuous reads are asked for. */
  get isSampling(): boolean {
    return this.#queries.length > 0;
  }

  configure(payload: readonly number[]): void {
    const [delayUs = 0] = valuesOf(payload);
    if (delayUs > 0) this.#delayUs = delayUs;
    this.isConfigured = true;
  }

  reset(): void {
    this.#queries = [];
    this.isConfigured = false;
  }

  async request([address = 0, mode = 0, ...pairs]: readonly number[]): Promise<void> {
    const values = valuesOf(pairs);
    const kind = (mode >> 3) & 3;
    if (kind === WRITE) await this.#write(address, values);
    else if (kind === READ_ONCE) await this.#report(queryOf(address, values));
    else if (kind === READ_CONTINUOUSLY) this.#keep(queryOf(address, values));
    else if (kind === STOP_READING) this.#queries = this.#queries.filter((q) => q.address !== address);
  }

  /** One round of the continuous reads. */
  async sample(): Promise<void> {
    for (const query of this.#queries) await this.#report(query);
  }

  /** Whether a chip was there is not told to anyone. */
  async #write(address: number, bytes: readonly number[]): Promise<void> {
    await this.#transfer(() => this.#bus.write(address, Uint8Array.from(bytes)));
  }

  #keep(query: Query): void {
    if (this.#queries.length >= QUERIES_MAX) this.#say('too many queries');
    else this.#queries.push(query);
  }

  async #report({ address, register, length }: Query): Promise<void> {
    if (register !== null) {
      await this.#write(address, [register]);
      await pause(this.#delayUs / 1000);
    }
    const bytes = await this.#transfer(() => this.#bus.read(address, Math.min(length, READ_MAX)));
    if (bytes === undefined || bytes.length < length) this.#say('I2C: Too few bytes received');
    if (bytes !== undefined) this.#received.set(bytes);
    const reply = [address, register ?? 0, ...this.#received.subarray(0, length)];
    this.#send(sysex(I2C_REPLY, pairsOf(reply)));
  }

  #say(words: string): void {
    this.#send(sysex(STRING_DATA, pairsOf(Buffer.from(words))));
  }

  /** Undefined where the chip does not acknowledge. While a line is held, this waits, and the whole board with it. */
  async #transfer<T>(run: () => Promise<T>): Promise<T | undefined> {
    for (;;) {
      try {
        return await run();
      } catch (error) {
        if (!(error instanceof I2cFault)) throw error;
        if (error.kind === 'nack') return undefined;
        await pause(LOOK_AGAIN_MS);
      }
    }
  }
}

/** Four 7-bit bytes are register and length, two are the length. */
function queryOf(address: number, values: readonly number[]): Query {
  const [first = 0, second] = values;
  return second === undefined
    ? { address, register: null, length: first }
    : { address, register: first, length: second };
}

/** What is shorter than a timer can be is nothing. */
async function pause(ms: number): Promise<void> {
  if (ms >= 1) await new Promise<void>((resolve) => setTimeout(resolve, ms));
}
