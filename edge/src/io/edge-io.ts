import { EventEmitter } from 'node:events';
import type { Clock } from '@jostle/contracts';
import type { BusQueue } from './bus-queue.ts';
import { DeviceChannel, type ReplyListener } from './device-channel.ts';
import { type DeviceHealth, newDeviceHealth } from './device-health.ts';
import type { DevicePolicy } from './device-policy.ts';

type Bytes = number | readonly number[];

/** What EdgeIO tells about a chip. It never emits `error`, on which johnny-five would end the process. */
export interface EdgeIoEvents {
  connect: [];
  ready: [];
  'i2c:error': [{ address: number; health: Readonly<DeviceHealth> }];
  'i2c:recovered': [{ address: number }];
  'i2c:device-reset': [{ address: number }];
}

/**
 * johnny-five's view of one I2C bus: the `io` of `new five.Board({ io })`. Freshness, retries, pacing and the repair of
 * replies live here, since the drivers have neither an error path nor a notion of a reply's age.
 *
 * The method names and argument forms are those of johnny-five's IO plugins.
 */
export class EdgeIO extends EventEmitter<EdgeIoEvents> {
  readonly name = 'EdgeIO';
  readonly isReady = true;
  /** No pins: everything hangs on the bus. */
  readonly pins: readonly never[] = [];
  readonly analogPins: readonly number[] = [];
  readonly MODES = { INPUT: 0, OUTPUT: 1, ANALOG: 2, PWM: 3, SERVO: 4 };
  readonly HIGH = 1;
  readonly LOW = 0;
  readonly #bus: BusQueue;
  readonly #clock: Clock;
  /** Key: I2C address. */
  readonly #channels = new Map<number, DeviceChannel>();

  constructor(bus: BusQueue, clock: Clock) {
    super();
    this.#bus = bus;
    this.#clock = clock;
  }

  /** Must be called before a driver speaks to the address. */
  setPolicy(address: number, policy: DevicePolicy): void {
    this.#channels.get(address)?.close();
    const channel = new DeviceChannel(address, policy, this.#bus, this.#clock, (event) => {
      if (event === 'error') this.emit('i2c:error', { address, health: channel.health });
      else if (event === 'recovered') this.emit('i2c:recovered', { address });
      else this.emit('i2c:device-reset', { address });
    });
    this.#channels.set(address, channel);
  }

  /** How the chip at the address answers. */
  health(address: number): Readonly<DeviceHealth> {
    return this.#channels.get(address)?.health ?? newDeviceHealth();
  }

  /** Silences every driver: nothing is read, written or called back any more. */
  close(): void {
    for (const channel of this.#channels.values()) channel.close();
  }

  i2cConfig(): void {}

  /** `(address, bytes)` or `(address, register, bytes)`. */
  i2cWrite(address: number, registerOrBytes: Bytes, bytes: Bytes = []): void {
    this.#channel(address)?.write(Uint8Array.from([registerOrBytes, bytes].flat()));
  }

  i2cWriteReg(address: number, register: number, value: number): void {
    this.i2cWrite(address, register, value);
  }

  /** `(address, length, listener)` or `(address, register, length, listener)`; repeats at the policy's interval. */
  i2cRead(address: number, ...rest: ReadArguments): void {
    const { register, length, listener } = readArguments(rest);
    this.#channel(address)?.poll(register, length, listener);
  }

  /** `(address, length, listener)` or `(address, register, length, listener)`. */
  i2cReadOnce(address: number, ...rest: ReadArguments): void {
    const { register, length, listener } = readArguments(rest);
    this.#channel(address)?.readOnce(register, length, listener);
  }

  i2cStop(address: number): void {
    this.#channel(address)?.stopPolls();
  }

  /** Intervals belong to the policy of each chip. */
  setSamplingInterval(): void {}

  pinMode(): void {}
  digitalWrite(): void {}
  digitalRead(): void {}
  analogWrite(): void {}
  analogRead(): void {}
  servoWrite(): void {}

  #channel(address: number): DeviceChannel | undefined {
    return this.#channels.get(address);
  }
}

type ReadArguments =
  | [length: number, listener: ReplyListener]
  | [register: number, length: number, listener: ReplyListener];

function readArguments(rest: ReadArguments) {
  return rest.length === 2
    ? { register: null, length: rest[0], listener: rest[1] }
    : { register: rest[0], length: rest[1], listener: rest[2] };
}
