/** The largest MQTT packet that is read, bytes after its fixed header, before and after the login. */
export const MAX_FRAME_BYTES = 64 * 1024;

/** First byte of a CONNECT packet (MQTT 3.1.1, section 3.1.1). */
const CONNECT_BYTE = 0x10;
/** A remaining length has at most four bytes (MQTT 3.1.1, section 2.2.3). */
const MAX_LENGTH_BYTES = 4;

/**
 * Follows the packet borders of one connection, and finds what must not reach the parser, which would otherwise
 * gather a packet of up to 256 MB in memory, even before the login.
 */
export class FrameGuard {
  #isFirst = true;
  /** Bytes of the current packet's body that are still to come. */
  #bodyLeft = 0;
  #state: 'type' | 'length' = 'type';
  #length = 0;
  #lengthBytes = 0;
  /** Packets that have begun so far. */
  packets = 0;

  /** @returns why the connection must be cut, or undefined while all is well */
  problemIn(chunk: Uint8Array): string | undefined {
    let i = 0;
    while (i < chunk.length) {
      if (this.#bodyLeft > 0) {
        const skipped = Math.min(this.#bodyLeft, chunk.length - i);
        this.#bodyLeft -= skipped;
        i += skipped;
        continue;
      }
      const problem = this.#headerByte(chunk[i] ?? 0);
      if (problem !== undefined) return problem;
      i += 1;
    }
    return undefined;
  }

  #headerByte(byte: number): string | undefined {
    if (this.#state === 'type') {
      if (this.#isFirst && byte !== CONNECT_BYTE) return 'the first packet is not CONNECT';
      this.#isFirst = false;
      this.packets += 1;
      this.#state = 'length';
      this.#length = 0;
      this.#lengthBytes = 0;
      return undefined;
    }
    this.#length += (byte & 0x7f) * 128 ** this.#lengthBytes;
    this.#lengthBytes += 1;
    const isLast = (byte & 0x80) === 0;
    if (!isLast && this.#lengthBytes === MAX_LENGTH_BYTES)
      return 'the remaining length has more than four bytes';
    if (this.#length > MAX_FRAME_BYTES) return 'the packet is too large';
    if (isLast) {
      this.#state = 'type';
      this.#bodyLeft = this.#length;
    }
    return undefined;
  }
}
