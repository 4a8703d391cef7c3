import { END_SYSEX, REPORT_VERSION, START_SYSEX, SYSTEM_RESET } from './wire.ts';

/** What a host asks of the board; messages for pins are left out. */
export type HostMessage =
  | { kind: 'version' }
  | { kind: 'reset' }
  | { kind: 'sysex'; command: number; payload: number[] };

/** Longest sysex message, its command included (Firmata.h, MAX_DATA_BYTES). What is beyond is dropped. */
const SYSEX_MAX = 64;

/** Finds the messages in the bytes that come from a host, as Firmata.cpp does. */
export class MessageReader {
  /** The sysex message that has begun; null between two. */
  #open: number[] | null = null;

  read(bytes: Uint8Array): HostMessage[] {
    return Array.from(bytes).flatMap((byte) => this.#readByte(byte) ?? []);
  }

  #readByte(byte: number): HostMessage | undefined {
    if (byte === START_SYSEX) this.#open = [];
    else if (byte === END_SYSEX) return this.#endSysex();
    else if (this.#open !== null) {
      if (this.#open.length < SYSEX_MAX) this.#open.push(byte);
    } else if (byte === REPORT_VERSION) return { kind: 'version' };
    else if (byte === SYSTEM_RESET) return { kind: 'reset' };
    return undefined;
  }

  #endSysex(): HostMessage | undefined {
    const [command, ...payload] = this.#open ?? [];
    this.#open = null;
    return command === undefined ? undefined : { kind: 'sysex', command, payload };
  }
}
