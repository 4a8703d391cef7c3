import type { SeededRandom } from '../support/seeded-random.ts';

/** Packet types by number (MQTT 3.1.1, section 2.2.1); 0 and 15 are reserved. */
const TYPES = {
  connect: 1,
  publish: 3,
  puback: 4,
  pubrec: 5,
  pubrel: 6,
  pubcomp: 7,
  subscribe: 8,
  unsubscribe: 10,
  pingreq: 12,
  disconnect: 14,
} as const;

/** Topics and filters that ought to be refused, or are not even well-formed. */
const STRANGE_TOPICS = [
  '#',
  '+/#',
  '$SYS/#',
  '$SYS/broker/uptime',
  '$share/ingest/jostle/v1/devices/+/up',
  'jostle/v1/devices/+/up',
  'jostle/v1/devices/OTHER/receipt',
  'jostle/refused',
  'a#b/+c',
  '//',
  '',
  '\0',
  '\ud800',
  'x/'.repeat(2000),
] as const;

/** What one client of a fuzzer may say; every packet of it is well-formed, its content need not be. */
export class MqttPackets {
  readonly #random: SeededRandom;
  readonly #clientId: string;

  constructor(random: SeededRandom, clientId: string) {
    this.#random = random;
    this.#clientId = clientId;
  }

  connect(): Buffer {
    const hasWill = this.#random.chance(0.3);
    const flags = 0x02 | (hasWill ? 0x0c : 0) | 0x80;
    const will = hasWill ? [text(this.#topic()), blob(this.#random.bytes(this.#random.below(64)))] : [];
    const body = [text('MQTT'), Buffer.from([4, flags, 0, this.#random.below(256)]), text(this.#clientId)];
    return packet(TYPES.connect, 0, [...body, ...will, text(this.#clientId)]);
  }

  /** A packet of any type that a client may send after its login. */
  any(): Buffer {
    const id = this.#id();
    const make: readonly (() => Buffer)[] = [
      () => this.#publish(),
      () => this.#publish(),
      () => packet(TYPES.puback, 0, [id]),
      () => packet(TYPES.pubrec, 0, [id]),
      () => packet(TYPES.pubrel, 2, [id]),
      () => packet(TYPES.pubcomp, 0, [id]),
      () => this.#filters(TYPES.subscribe),
      () => this.#filters(TYPES.unsubscribe),
      () => packet(TYPES.pingreq, 0, []),
      () => packet(TYPES.disconnect, 0, []),
      () => this.connect(),
      () =>
        packet(this.#random.below(16), this.#random.below(16), [this.#random.bytes(this.#random.below(32))]),
    ];
    return this.#random.pick(make)();
  }

  #publish(): Buffer {
    const qos = this.#random.below(4);
    const flags = (this.#random.below(2) << 3) | (qos << 1) | this.#random.below(2);
    const payload = this.#random.bytes(
      this.#random.chance(0.02) ? this.#random.below(60_000) : this.#random.below(100),
    );
    return packet(TYPES.publish, flags, [text(this.#topic()), ...(qos > 0 ? [this.#id()] : []), payload]);
  }

  #filters(type: number): Buffer {
    const count = this.#random.chance(0.05) ? 500 : this.#random.whole(0, 3);
    const qos = type === TYPES.subscribe ? [Buffer.from([this.#random.below(4)])] : [];
    const filters = Array.from({ length: count }, () => [text(this.#topic().slice(0, 100)), ...qos]);
    return packet(type, 2, [this.#id(), ...filters.flat()]);
  }

  #topic(): string {
    const own = `jostle/v1/devices/${this.#clientId}/`;
    const ours = ['up', 'status', 'receipt', 'command', 'else'].map((channel) => own + channel);
    return this.#random.chance(0.5) ? this.#random.pick(ours) : this.#random.pick(STRANGE_TOPICS);
  }

  #id(): Buffer {
    return Buffer.from([this.#random.below(256), this.#random.below(256)]);
  }
}

function packet(type: number, flags: number, parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([(type << 4) | flags]), lengthOf(body.length), body]);
}

/** Seven bits a byte, the low ones first (MQTT 3.1.1, section 2.2.3). */
function lengthOf(length: number): Buffer {
  const bytes: number[] = [];
  let rest = length;
  do {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}

function text(value: string): Buffer {
  return blob(Buffer.from(value));
}

function blob(bytes: Buffer): Buffer {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
