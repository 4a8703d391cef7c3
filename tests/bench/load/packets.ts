/** As much of MQTT 3.1.1 as a load needs: a client library would cost more than what is measured. */

export const PACKET = { connack: 2, publish: 3, puback: 4, suback: 9 } as const;
const EMPTY = Buffer.alloc(0);

/** CONNECT with a clean session and no keep-alive. */
export function connectPacket(clientId: string): Buffer {
  return packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 0]), text(clientId)]));
}

export function subscribePacket(filter: string, qos: 0 | 1): Buffer {
  return packet(0x82, Buffer.concat([Buffer.from([0, 1]), text(filter), Buffer.from([qos])]));
}

/** PUBLISH with QoS 1. @param id 1 to 65,535 */
export function publishPacket(topic: string, payload: Uint8Array, id: number): Buffer {
  return packet(0x32, Buffer.concat([text(topic), Buffer.from([id >> 8, id & 255]), payload]));
}

/** Answers the body of a PUBLISH with QoS 1. */
export function pubackFor(body: Buffer): Buffer {
  const at = 2 + body.readUInt16BE(0);
  return Buffer.from([0x40, 2, body[at] ?? 0, body[at + 1] ?? 0]);
}

/** The payload in the body of a PUBLISH with QoS 1. */
export function payloadOf(body: Buffer): Buffer {
  return body.subarray(4 + body.readUInt16BE(0));
}

/** Finds the packets in a stream of bytes. */
export class PacketReader {
  readonly #take: (type: number, body: Buffer) => void;
  #rest: Buffer = EMPTY;

  constructor(take: (type: number, body: Buffer) => void) {
    this.#take = take;
  }

  push(chunk: Buffer): void {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let at = 0;
    for (;;) {
      const head = lengthAt(data, at + 1);
      if (head === undefined || head.from + head.length > data.length) break;
      const end = head.from + head.length;
      this.#take((data[at] ?? 0) >> 4, data.subarray(head.from, end));
      at = end;
    }
    this.#rest = data.subarray(at);
  }
}

/** The remaining length that begins here, and where what it counts begins; undefined where more bytes are needed. */
function lengthAt(data: Buffer, at: number): { length: number; from: number } | undefined {
  let length = 0;
  for (let i = 0; i < 4; i++) {
    const byte = data[at + i];
    if (byte === undefined) return undefined;
    length += (byte & 127) << (7 * i);
    if (byte < 128) return { length, from: at + i + 1 };
  }
  return undefined;
}

function packet(first: number, body: Buffer): Buffer {
  const head = [first];
  let left = body.length;
  do {
    head.push(left > 127 ? (left & 127) | 128 : left);
    left >>= 7;
  } while (left > 0);
  return Buffer.concat([Buffer.from(head), body]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 255]), bytes]);
}
