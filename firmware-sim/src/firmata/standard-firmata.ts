import type { Duplex } from 'node:stream';
import type { I2cTransport } from '@jostle/edge/sensing';
import { I2cPart } from './i2c-part.ts';
import { type HostMessage, MessageReader } from './message-reader.ts';
import {
  ANALOG_MAPPING_QUERY,
  ANALOG_MAPPING_RESPONSE,
  CAPABILITY_QUERY,
  CAPABILITY_RESPONSE,
  I2C_CONFIG,
  I2C_REQUEST,
  PIN_STATE_QUERY,
  PIN_STATE_RESPONSE,
  pairsOf,
  REPORT_FIRMWARE,
  REPORT_VERSION,
  SAMPLING_INTERVAL,
  sysex,
  valuesOf,
} from './wire.ts';

const VERSION = [2, 5];
const FIRMWARE = [...VERSION, ...pairsOf(Buffer.from('StandardFirmata.ino'))];

/** Pins of an Uno: two for the serial port, twelve digital ones, six analog ones of which the last two are the bus. */
const PINS = 20;
const FIRST_DIGITAL = 2;
const FIRST_ANALOG = 14;
const FIRST_I2C = 18;
/** Pairs of mode and resolution in bits (Firmata protocol, capability query): input, output, analog and I2C. */
const DIGITAL = [0, 1, 1, 1];
const ANALOG = [2, 10];
const I2C = [6, 1];
const OUTPUT = 1;
const END_OF_PIN = 0x7f;
const NOT_ANALOG = 0x7f;

/** StandardFirmata.ino: samplingInterval and MINIMUM_SAMPLING_INTERVAL, ms. */
const SAMPLING_MS = 19;
const SAMPLING_MIN_MS = 1;

/**
 * An Arduino Uno with StandardFirmata 2.5, at the wire, whose I2C bus is the given one. It does one thing after the
 * other, as the sketch does; pins are told of but do nothing.
 */
export class StandardFirmata {
  readonly #bus: I2cTransport;
  #i2c: I2cPart;
  #host: Duplex | null = null;
  /** The Wire library waits for ever when the sketch asks it before it has begun; the next host ends that. */
  #isHung = false;
  /** End of what is to be done; never rejects. */
  #tail: Promise<void> = Promise.resolve();
  #samplingMs = SAMPLING_MS;
  #sampling: ReturnType<typeof setInterval> | undefined;

  constructor(bus: I2cTransport) {
    this.#bus = bus;
    this.#i2c = this.#newI2c();
  }

  /**
   * A host comes: the board says who it is. A host that was there before is cut off. What it set up stays, as over the
   * network; where opening the port restarts the board, `restart` follows.
   */
  attach(host: Duplex): void {
    this.#host?.destroy();
    this.#host = host;
    this.#isHung = false;
    const reader = new MessageReader();
    host.on('data', (chunk: Buffer) => {
      for (const message of reader.read(chunk)) this.#do(host, () => this.#answer(message));
    });
    host.on('error', () => host.destroy());
    host.on('close', () => {
      if (this.#host === host) this.#host = null;
    });
    this.#greet();
  }

  /** The board loses its supply or its watchdog bites, while the port stays open. */
  restart(): void {
    this.#i2c = this.#newI2c();
    this.#samplingMs = SAMPLING_MS;
    this.#stopSampling();
    this.#greet();
  }

  /** Cuts the host off and stops. */
  close(): void {
    this.#stopSampling();
    this.#host?.destroy();
  }

  #newI2c(): I2cPart {
    return new I2cPart(this.#bus, (bytes) => this.#send(bytes));
  }

  #greet(): void {
    this.#send([REPORT_VERSION, ...VERSION]);
    this.#send(sysex(REPORT_FIRMWARE, FIRMWARE));
  }

  /** What a host asked is done only while it is there. */
  #do(host: Duplex | null, step: () => void | Promise<void>): void {
    this.#tail = this.#tail.then(() => (this.#host === host && !this.#isHung ? step() : undefined));
  }

  #sampleWhereAsked(): void {
    if (this.#i2c.isSampling)
      this.#sampling ??= setInterval(() => this.#do(this.#host, () => this.#i2c.sample()), this.#samplingMs);
    else this.#stopSampling();
  }

  #stopSampling(): void {
    clearInterval(this.#sampling);
    this.#sampling = undefined;
  }

  #answer(message: HostMessage): void | Promise<void> {
    if (message.kind === 'version') this.#send([REPORT_VERSION, ...VERSION]);
    else if (message.kind === 'reset') {
      this.#i2c.reset();
      this.#sampleWhereAsked();
    } else return this.#answerSysex(message.command, message.payload);
  }

  #answerSysex(command: number, payload: number[]): void | Promise<void> {
    if (command === I2C_REQUEST && !this.#i2c.isConfigured) this.#isHung = true;
    else if (command === I2C_REQUEST) return this.#i2c.request(payload).then(() => this.#sampleWhereAsked());
    else if (command === I2C_CONFIG) this.#i2c.configure(payload);
    else if (command === REPORT_FIRMWARE) this.#send(sysex(REPORT_FIRMWARE, FIRMWARE));
    else if (command === CAPABILITY_QUERY) this.#send(sysex(CAPABILITY_RESPONSE, capabilities()));
    else if (command === ANALOG_MAPPING_QUERY) this.#send(sysex(ANALOG_MAPPING_RESPONSE, analogMapping()));
    else if (command === PIN_STATE_QUERY) this.#send(sysex(PIN_STATE_RESPONSE, [payload[0] ?? 0, OUTPUT, 0]));
    else if (command === SAMPLING_INTERVAL) {
      this.#samplingMs = Math.max(SAMPLING_MIN_MS, valuesOf(payload)[0] ?? SAMPLING_MS);
      this.#stopSampling();
      this.#sampleWhereAsked();
    }
  }

  #send(bytes: readonly number[]): void {
    if (this.#host?.writable) this.#host.write(Buffer.from(bytes));
  }
}

function capabilities(): number[] {
  return Array.from({ length: PINS }, (_, pin) => {
    const modes = pin < FIRST_DIGITAL ? [] : DIGITAL;
    const analog = pin < FIRST_ANALOG ? [] : ANALOG;
    const i2c = pin < FIRST_I2C ? [] : I2C;
    return [...modes, ...analog, ...i2c, END_OF_PIN];
  }).flat();
}

function analogMapping(): number[] {
  return Array.from({ length: PINS }, (_, pin) => (pin < FIRST_ANALOG ? NOT_ANALOG : pin - FIRST_ANALOG));
}
