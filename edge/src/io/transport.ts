/**
 * One I2C bus, whatever is behind it. Every call is one whole transaction and rejects with an
 * {@link I2cFault} where the bus or the chip did not do its part.
 */
export interface I2cTransport {
  write(address: number, bytes: Uint8Array): Promise<void>;
  /** Reads without addressing a register first. */
  read(address: number, length: number): Promise<Uint8Array>;
  /** Writes the register and reads in one transaction. */
  writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array>;
  /** Whether a chip acknowledges its address; never writes data. */
  probe(address: number): Promise<boolean>;
  close(): Promise<void>;
  /** Why a shock recorder must not be on this bus; absent where one may. */
  readonly shockRefusal?: string;
}

/** Why a transaction failed: not acknowledged, a line held low, or no answer in time. */
export type I2cFaultKind = 'nack' | 'stuck' | 'timeout';

export class I2cFault extends Error {
  readonly kind: I2cFaultKind;
  readonly address: number;

  constructor(kind: I2cFaultKind, address: number) {
    super(`I2C address 0x${address.toString(16)}: ${kind}`);
    this.name = 'I2cFault';
    this.kind = kind;
    this.address = address;
  }
}
