/** The part of firmata-io that the agent uses; the package ships no types of its own. */
declare module 'firmata-io' {
  import type { EventEmitter } from 'node:events';

  /** Where the bytes come from, as `data` events, and go to. */
  interface FirmataPort extends EventEmitter {
    write(bytes: Buffer, done: () => void): void;
  }

  interface FirmataOptions {
    /** Asks for no list of pins, of which I2C needs none. */
    skipCapabilities: true;
    /** How long the board may be silent before it is asked for its version, ms. */
    reportVersionTimeout: number;
  }

  /**
   * Emits `string` with each message in words, and `I2C-reply-{address}-{register}` with the bytes of each reply; the
   * register is 0 for a read without one.
   */
  class Firmata extends EventEmitter {
    /** @param ready called when the board has told its version and its firmware */
    constructor(port: FirmataPort, options: FirmataOptions, ready: () => void);
    reset(): void;
    /** @param message what stands between start and end of the sysex message, as 7-bit bytes */
    sysexCommand(message: readonly number[]): this;
    queryPinState(pin: number, answered: () => void): void;
    /** Each byte as two 7-bit bytes. */
    static encode(bytes: ArrayLike<number>): number[];
  }

  const firmata: { Firmata: typeof Firmata };
  export default firmata;
}
