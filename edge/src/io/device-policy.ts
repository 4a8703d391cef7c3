import type { I2cTransport } from './transport.ts';

/** What a reply is worth: good, damaged on the way, or from a chip that lost its settings. */
export type ReplyVerdict = 'ok' | 'corrupt' | 'reset';

/**
 * A read done as a command, a pause in which the bus is free, and a read without a register: for a measurement during
 * which the chip would hold the clock low.
 */
export interface SplitRead {
  readonly command: Uint8Array;
  readonly waitMs: number;
  /** Bytes that are read; the driver gets what `onRead` makes of them. */
  readonly length: number;
}

/**
 * What one kind of chip needs around a johnny-five driver, which knows no errors and no waiting.
 * `register` is null where the driver reads without one.
 */
export interface DevicePolicy {
  /** Time between two measurements, ms: of a continuous read, or of a driver that asks again at once. */
  readonly intervalMs: number;
  /** Whether the driver asks for the next measurement as soon as it has one. */
  readonly isSelfRearming: boolean;
  /** Whether the chip at the address is of this kind. Rejects with an I2cFault where none answers. */
  identify(transport: I2cTransport, address: number): Promise<boolean>;
  /** How long the chip must be left alone after this write, ms. */
  settleMs(written: Uint8Array): number;
  /** What is written in place of this write. */
  rewrite?(written: Uint8Array): Uint8Array[];
  /** How a read of this register is split; undefined where it is done as the driver asks. */
  splitRead?(register: number): SplitRead | undefined;
  /** Whether the driver needs the reply to a further read before it has a whole measurement. */
  isPartial?(register: number | null): boolean;
  guard(register: number | null, reply: Uint8Array): ReplyVerdict;
  /** What the driver is given in place of the reply. */
  onRead?(register: number | null, reply: Uint8Array): number[];
}
