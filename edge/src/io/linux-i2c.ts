import { JostleError } from '@jostle/contracts';
import type { PromisifiedBus } from 'i2c-bus';
import { I2cFault, type I2cFaultKind, type I2cTransport } from './transport.ts';

/** Longest SMBus block, which i2c-bus reads with a repeated start (SMBus 3.1, section 6.5.7 before version 3). */
const BLOCK_BYTES_MAX = 32;

/**
 * Opens `/dev/i2c-{busNumber}`. The native module can be loaded by one thread of a process only.
 *
 * @throws JostleError EDGE_SENSOR_ABSENT where the module is not installed or the bus is not there
 */
export async function openLinuxI2c(busNumber: number): Promise<I2cTransport> {
  try {
    const { default: i2c } = await import('i2c-bus');
    const bus = await i2c.openPromisified(busNumber);
    // The device file is opened by the first question only.
    await bus.i2cFuncs();
    return new LinuxI2c(bus);
  } catch (cause) {
    const isMissing = (cause as { code?: string }).code === 'ERR_MODULE_NOT_FOUND';
    throw new JostleError(
      'EDGE_SENSOR_ABSENT',
      isMissing
        ? 'The optional package i2c-bus is not installed: run `npm install` on the device, with a C++ compiler.'
        : `/dev/i2c-${busNumber} cannot be opened (${String(cause)}): switch I2C on (dtparam=i2c_arm=on) and add the user to the group i2c.`,
      { cause },
    );
  }
}

class LinuxI2c implements I2cTransport {
  readonly #bus: PromisifiedBus;

  constructor(bus: PromisifiedBus) {
    this.#bus = bus;
  }

  async write(address: number, bytes: Uint8Array): Promise<void> {
    await transfer(address, () => this.#bus.i2cWrite(address, bytes.length, Buffer.from(bytes)));
  }

  async read(address: number, length: number): Promise<Uint8Array> {
    const { bytesRead, buffer } = await transfer(address, () =>
      this.#bus.i2cRead(address, length, Buffer.alloc(length)),
    );
    return buffer.subarray(0, bytesRead);
  }

  async writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    const [first] = register;
    if (first !== undefined && register.length === 1 && length <= BLOCK_BYTES_MAX) {
      const { bytesRead, buffer } = await transfer(address, () =>
        this.#bus.readI2cBlock(address, first, length, Buffer.alloc(length)),
      );
      return buffer.subarray(0, bytesRead);
    }
    // i2c-bus has no combined transfer beyond a block: a stop goes between, which chips with a register pointer bear.
    await this.write(address, register);
    return this.read(address, length);
  }

  async probe(address: number): Promise<boolean> {
    try {
      await this.#bus.writeQuick(address, 0, 0);
      return true;
    } catch {
      return false;
    }
  }

  async close(): Promise<void> {
    await this.#bus.close();
  }
}

async function transfer<T>(address: number, run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    throw new I2cFault(faultKind((error as { code?: string }).code), address);
  }
}

/** Linux kernel documentation, i2c/fault-codes: ENXIO and EREMOTEIO for a missing acknowledge, EAGAIN for a lost bus. */
function faultKind(code: string | undefined): I2cFaultKind {
  if (code === 'ETIMEDOUT') return 'timeout';
  return code === 'EAGAIN' || code === 'EBUSY' ? 'stuck' : 'nack';
}
