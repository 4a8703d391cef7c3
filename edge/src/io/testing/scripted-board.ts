import { type Duplex, duplexPair } from 'node:stream';

const GREETING = [0xf9, 2, 5, 0xf0, 0x79, 2, 5, 0xf7];
const VERSION_QUERY = 0xf9;
const I2C_REQUEST = 0x76;
const PIN_STATE_QUERY = 0x6d;

/** A sysex message of a board: the command and its payload. */
export type SysexMessage = readonly number[];

/** A board for tests: it greets, and answers each I2C request with the messages that the test says. */
export class ScriptedBoard {
  /** Every byte that came from the host, over all connections. */
  readonly received: number[] = [];
  /** Payload of every I2C request, in order. */
  readonly requests: number[][] = [];
  /** Connections so far, refused ones too. */
  connections = 0;
  isPresent = true;
  /** False for one that does not restart when its port is opened, and greets when it is asked. */
  greetsUnasked = true;
  /** False for one that is up but has nothing to say. */
  isAwake = true;
  answer: (request: readonly number[]) => readonly SysexMessage[];
  #stream: Duplex | undefined;

  constructor(answer: (request: readonly number[]) => readonly SysexMessage[] = () => []) {
    this.answer = answer;
  }

  connect = async (): Promise<Duplex> => {
    this.connections += 1;
    if (!this.isPresent) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const [host, board] = duplexPair();
    this.#stream = board;
    let message: number[] = [];
    board.on('data', (chunk: Buffer) => {
      this.received.push(...chunk);
      for (const byte of chunk) {
        if (byte === 0xf0) message = [];
        else if (byte === 0xf7) this.#take(message);
        else if (byte === VERSION_QUERY) this.say(GREETING);
        else message.push(byte);
      }
    });
    board.on('error', () => {});
    if (this.greetsUnasked) this.say(GREETING);
    return host;
  };

  /** Bytes as they are. */
  say(bytes: readonly number[]): void {
    if (this.isAwake && this.#stream?.writable) this.#stream.write(Buffer.from(bytes));
  }

  /** The cable is pulled. */
  cut(): void {
    this.#stream?.end();
  }

  #take([command, ...payload]: number[]): void {
    if (command === PIN_STATE_QUERY) this.say([0xf0, 0x6e, ...payload, 1, 0, 0xf7]);
    if (command !== I2C_REQUEST) return;
    this.requests.push(payload);
    for (const message of this.answer(payload)) this.say([0xf0, ...message, 0xf7]);
  }
}
