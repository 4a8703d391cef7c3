import { EventEmitter } from 'node:events';
import type { Duplex } from 'node:stream';
import firmata from 'firmata-io';

const { Firmata } = firmata;

/** Sysex commands and modes of I2C (Firmata protocol, i2c.md). */
const I2C_REQUEST = 0x76;
const I2C_CONFIG = 0x78;
const WRITE = 0x00;
const READ_ONCE = 0x08;
/**
 * Delay between register and read, µs. It is one for all chips; none of ours needs any, but 0 would leave that of
 * whoever used the board before in force (StandardFirmata.ino, I2C_CONFIG).
 */
const READ_DELAY_US = 1;

/** An Uno restarts when its port is opened: about 2 s in its boot loader, then it blinks its version for as long. */
const ASK_VERSION_AFTER_MS = 2500;
const HANDSHAKE_MS = 10_000;
/** The longest exchange takes about 30 ms at 57,600 baud. */
const EXCHANGE_MS = 1000;
/** Any pin: its state is asked for because of the answer's place in the stream. */
const FENCE_PIN = 0;

export type FirmataRequest =
  | { kind: 'write'; address: number; bytes: Uint8Array }
  /** `register` is null for a read without one. */
  | { kind: 'read'; address: number; register: number | null; length: number };

/** What came between requests and fence. */
export interface FirmataReplies {
  /** Replies with address and register of one of the reads, in order. */
  replies: number[][];
  /** Messages in words: StandardFirmata sends none but of something that went wrong. */
  complaints: string[];
}

/**
 * One connection to a board, from its greeting to the first thing that goes wrong.
 *
 * INVARIANTS
 * - one exchange at a time, which the caller sees to
 * - an exchange ends with the answer to a question of no interest, the fence: the board does everything in order, so
 *   that whatever comes before it belongs to this exchange, and nothing of it can be taken for a reply to the next
 * - a question that is not answered in time ends the session; a reply that comes late meets nobody
 */
export class FirmataSession {
  /** Resolves when the session is over. */
  readonly ended: Promise<void>;
  readonly #stream: Duplex;
  readonly #firmata: InstanceType<typeof Firmata>;
  #isOver = false;
  #end = () => {};
  /** Of the question that is open; set and cleared by it. */
  #giveUp: (() => void) | undefined;
  /** Called once the board has greeted. */
  #greeted = () => {};

  /** Resolves with null where nothing that speaks Firmata is at the other end. */
  static async open(stream: Duplex): Promise<FirmataSession | null> {
    const session = new FirmataSession(stream);
    const hasGreeted = await session.#answered(HANDSHAKE_MS, (answered) => {
      session.#greeted = answered;
    });
    if (!hasGreeted) return null;
    // Ends the continuous reads that someone before us may have left.
    session.#firmata.reset();
    session.#firmata.sysexCommand([I2C_CONFIG, READ_DELAY_US & 0x7f, READ_DELAY_US >> 7]);
    return (await session.exchange([])) === null ? null : session;
  }

  private constructor(stream: Duplex) {
    this.#stream = stream;
    this.ended = new Promise((resolve) => {
      this.#end = resolve;
    });
    const port = Object.assign(new EventEmitter(), {
      write: (bytes: Buffer, done: () => void) => {
        if (this.#isOver) done();
        else stream.write(bytes, () => done());
      },
    });
    stream.on('data', (chunk: Buffer) => {
      // firmata-io throws at messages that are cut short, as those of another sketch may look.
      try {
        port.emit('data', chunk);
      } catch {
        this.close();
      }
    });
    for (const event of ['error', 'end', 'close']) stream.on(event, () => this.close());
    const options = { skipCapabilities: true, reportVersionTimeout: ASK_VERSION_AFTER_MS } as const;
    this.#firmata = new Firmata(port, options, () => this.#greeted());
  }

  /** Sends the requests as one; resolves with null where the session is, or thereby has come, to its end. */
  async exchange(requests: readonly FirmataRequest[]): Promise<FirmataReplies | null> {
    if (this.#isOver) return null;
    const got: FirmataReplies = { replies: [], complaints: [] };
    const onReply = (bytes: number[]) => got.replies.push(bytes);
    const onComplaint = (words: string) => got.complaints.push(words);
    const events = new Set(
      requests.flatMap((r) => (r.kind === 'read' ? [`I2C-reply-${r.address}-${r.register ?? 0}`] : [])),
    );
    for (const event of events) this.#firmata.on(event, onReply);
    this.#firmata.on('string', onComplaint);
    const isAnswered = await this.#answered(EXCHANGE_MS, (answered) => {
      for (const request of requests) this.#firmata.sysexCommand(messageOf(request));
      this.#firmata.queryPinState(FENCE_PIN, answered);
    });
    for (const event of events) this.#firmata.off(event, onReply);
    this.#firmata.off('string', onComplaint);
    return isAnswered ? got : null;
  }

  close(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#stream.destroy();
    this.#giveUp?.();
    this.#end();
  }

  /** Whether what `ask` asks is answered in time. */
  #answered(limitMs: number, ask: (answered: () => void) => void): Promise<boolean> {
    return new Promise((resolve) => {
      const timer = setTimeout(() => this.close(), limitMs);
      const settle = (isAnswered: boolean) => {
        clearTimeout(timer);
        this.#giveUp = undefined;
        resolve(isAnswered);
      };
      this.#giveUp = () => settle(false);
      ask(() => settle(true));
    });
  }
}

/** Made here and not by firmata-io's own I2C calls, whose delay is no legal sysex and which keep every board for ever. */
function messageOf(request: FirmataRequest): number[] {
  if (request.kind === 'write')
    return [I2C_REQUEST, request.address, WRITE, ...Firmata.encode(request.bytes)];
  const { address, register, length } = request;
  const what = register === null ? [length] : [register, length];
  return [I2C_REQUEST, address, READ_ONCE, ...Firmata.encode(what)];
}
