import type { Duplex } from 'node:stream';
import { JostleError, type RetryPlan, retryDelayMs } from '@jostle/contracts';
import { firmataAddress } from './firmata-address.ts';
import { type FirmataReplies, type FirmataRequest, FirmataSession } from './firmata-session.ts';
import { openFirmataStream } from './firmata-stream.ts';
import { I2cFault, type I2cTransport } from './transport.ts';

const RECONNECT_PLAN: RetryPlan = { firstMs: 500, maxMs: 30_000, factor: 2 };
/** Bytes of one read: the buffer of Wire (Arduino AVR core, Wire.h, BUFFER_LENGTH). */
const READ_MAX = 32;
/** Bytes of one write: a sysex message has 64 bytes, three of them spent (Firmata.h, MAX_DATA_BYTES), at two for each. */
const WRITE_MAX = 30;

export interface FirmataI2cOptions {
  /** Opens the way to the board anew, which restarts most boards. */
  connect(): Promise<Duplex>;
  /** A number in [0, 1), for the times between two attempts. */
  random(): number;
}

/**
 * The bus of an Arduino that runs StandardFirmata 2.5 or later.
 *
 * - A read that is not acknowledged comes as a complaint in words, followed by a reply with bytes of some read before:
 *   that reply is dropped and the read is a `nack`.
 * - A write has no acknowledge in the protocol: it resolves when the board has done it, whether a chip was there or
 *   not. A dead chip shows at the next read.
 * - A register is read twice, and believed when both replies are the same: whether the chip took the register is not
 *   told either, and if it did not, the bytes are those of another. Nor has the protocol a checksum.
 * - While the board is away, every transaction is a `timeout`; the connection is opened again until it is back. A board
 *   that does not answer within a second counts as away, since its Wire library waits for ever on a bus that is held.
 */
export class FirmataI2c implements I2cTransport {
  readonly shockRefusal =
    'An Arduino carries about 300 reads/s over 57,600 baud; a FIFO of 32 samples at 800 Hz needs more than 800.';
  readonly #options: FirmataI2cOptions;
  #session: FirmataSession | null = null;
  /** End of the transactions asked for so far: buffer and delay of the board are one for all. Never rejects. */
  #tail: Promise<unknown> = Promise.resolve();
  /** Attempts since a transaction last went through. */
  #attempts = 0;
  #reconnecting: ReturnType<typeof setTimeout> | undefined;
  #isClosed = false;

  constructor(options: FirmataI2cOptions) {
    this.#options = options;
  }

  /** Resolves with why the board cannot be reached; null once it has been, and from then on it is looked for again. */
  async connect(): Promise<string | null> {
    let stream: Duplex;
    try {
      stream = await this.#options.connect();
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
    const session = await FirmataSession.open(stream);
    if (session === null) return 'it does not answer as StandardFirmata';
    if (this.#isClosed) session.close();
    this.#session = session;
    void session.ended.then(() => {
      this.#session = null;
      this.#reconnectLater();
    });
    return null;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    await this.#exchange(address, [writeRequest(address, bytes)]);
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    return replyOf(await this.#exchange(address, [readRequest(address, null, length)]), address, length);
  }

  async writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    const [first] = register;
    if (first !== undefined && register.length === 1) {
      const request = readRequest(address, first, length);
      return replyOf(await this.#exchange(address, [request, request]), address, length, 2);
    }
    const requests = [writeRequest(address, register), readRequest(address, null, length)];
    return replyOf(await this.#exchange(address, requests), address, length);
  }

  /** By a read of one byte: an empty write would have no acknowledge. A chip that refuses idle reads is missed. */
  async probe(address: number): Promise<boolean> {
    return this.read(address, 1).then(
      () => true,
      () => false,
    );
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#reconnecting);
    await this.#tail;
    this.#session?.close();
  }

  async #exchange(address: number, requests: readonly FirmataRequest[]): Promise<FirmataReplies> {
    const turn = this.#tail.then(() => this.#session?.exchange(requests));
    this.#tail = turn;
    const got = await turn;
    if (got == null) throw new I2cFault('timeout', address);
    this.#attempts = 0;
    return got;
  }

  #reconnectLater(): void {
    if (this.#isClosed) return;
    const delayMs = retryDelayMs(RECONNECT_PLAN, this.#attempts, this.#options.random());
    this.#attempts += 1;
    this.#reconnecting = setTimeout(async () => {
      if ((await this.connect()) !== null) this.#reconnectLater();
    }, delayMs);
  }
}

/**
 * Opens the bus of the board at `firmata:tcp://host:port` or `firmata:/dev/…`.
 *
 * @throws JostleError EDGE_SENSOR_ABSENT where no StandardFirmata answers there
 */
export async function openFirmataI2c(board: string): Promise<FirmataI2c> {
  const address = firmataAddress(board);
  const bus = new FirmataI2c({ connect: () => openFirmataStream(address), random: Math.random });
  const failure = await bus.connect();
  if (failure === null) return bus;
  const fix =
    address.kind === 'tcp'
      ? 'check address and port, and that the board runs StandardFirmata for the network.'
      : 'plug in an Arduino with the sketch StandardFirmata on it, and add the user to the group dialout.';
  throw new JostleError('EDGE_SENSOR_ABSENT', `${board} cannot be opened (${failure}): ${fix}`);
}

function readRequest(address: number, register: number | null, length: number): FirmataRequest {
  assertFits(length, READ_MAX);
  return { kind: 'read', address, register, length };
}

function writeRequest(address: number, bytes: Uint8Array): FirmataRequest {
  assertFits(bytes.length, WRITE_MAX);
  return { kind: 'write', address, bytes };
}

/** Of a longer one the board would silently do a part. */
function assertFits(length: number, max: number): void {
  if (length > max)
    throw new JostleError('INTERNAL', `${length} bytes in one transaction; Firmata carries ${max}.`);
}

/**
 * @param reads how many replies there must be, all the same
 * @throws I2cFault nack where the reply is not that of the chip
 */
function replyOf(got: FirmataReplies, address: number, length: number, reads = 1): Uint8Array {
  const [reply = []] = got.replies;
  const isWhole = reply.length === length && reply.every((byte) => byte <= 0xff);
  const isAgreed = got.replies.length === reads && got.replies.every((r) => String(r) === String(reply));
  if (!isWhole || !isAgreed || got.complaints.length > 0) throw new I2cFault('nack', address);
  return Uint8Array.from(reply);
}
