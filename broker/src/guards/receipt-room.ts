import type { Writable } from 'node:stream';

/** What may wait in the memory of the broker for one client before those who publish to it have to wait, bytes. */
export const WRITE_BUFFER_BYTES = 64 * 1024;

/** The part of it that receipts may take; the rest is for acknowledgements. */
const RECEIPT_ROOM_BYTES = (WRITE_BUFFER_BYTES * 3) / 4;

type Connection = Pick<Writable, 'writableLength'>;

/**
 * Knows whether a receipt fits into what may wait for its device. All receipts come on the one connection of ingest,
 * which is read on only when each has found its place: a device that does not read would hold up those of all others.
 * One that is left out comes again, because the device sends again what has no receipt.
 */
export class ReceiptRoom {
  /** Bytes that were let through and are not written yet. */
  readonly #promised = new WeakMap<Connection, number>();
  readonly #afterWrite: (done: () => void) => void;

  /** @param afterWrite calls back when what is let through now is being written; Aedes does that in the next turn */
  constructor(afterWrite: (done: () => void) => void = setImmediate) {
    this.#afterWrite = afterWrite;
  }

  /** Whether a receipt of so many bytes may be written now. */
  lets(connection: Connection, bytes: number): boolean {
    const promised = this.#promised.get(connection) ?? 0;
    if (connection.writableLength + promised + bytes > RECEIPT_ROOM_BYTES) return false;
    this.#promised.set(connection, promised + bytes);
    this.#afterWrite(() => this.#promised.set(connection, (this.#promised.get(connection) ?? bytes) - bytes));
    return true;
  }
}
