/** Plays many devices, each on a connection of its own; told over IPC what to send. */
import { once } from 'node:events';
import { connect } from 'node:net';
import { deviceTopic } from '@jostle/contracts';
import type { LoadCommand, LoadStart, ReceivedQuestion } from './load.ts';
import { deviceIdOf, MessageSource } from './messages.ts';
import { connectPacket, PACKET, PacketReader, publishPacket, subscribePacket } from './packets.ts';

/** Connections that are made at a time. */
const CONNECTING = 100;
const TICK_MS = 5;

const start = JSON.parse(process.argv[2] ?? '') as LoadStart;
const sentAt: number[] = [];
let answered = 0;
let answersWanted = 0;
let receivedBytes = 0;

class Device {
  readonly source: MessageSource;
  readonly #topic: string;
  readonly #socket;
  readonly ready: Promise<void>;
  readonly #prepared: Buffer[] = [];
  #next = 0;
  #unanswered = 0;
  #id = 0;

  constructor(index: number) {
    const id = deviceIdOf(index);
    this.source = new MessageSource(start.format, start.session, index);
    this.#topic = deviceTopic(id, 'up');
    this.#socket = connect({ port: start.port, host: '127.0.0.1', noDelay: true });
    this.#socket.on('error', (error) => {
      console.error(`load: ${error.message}`);
      process.exit(1);
    });
    this.#socket.write(Buffer.concat([connectPacket(id), subscribePacket(deviceTopic(id, 'receipt'), 0)]));
    let isSubscribed = () => {};
    this.ready = new Promise((resolve) => {
      isSubscribed = resolve;
    });
    const reader = new PacketReader((type) => {
      if (type === PACKET.suback) isSubscribed();
      if (type !== PACKET.puback) return;
      this.#unanswered -= 1;
      answered += 1;
    });
    this.#socket.on('data', (chunk: Buffer) => {
      receivedBytes += chunk.length;
      reader.push(chunk);
      this.sendPrepared();
      if (answered === answersWanted) finished();
    });
  }

  /** @returns bytes of the packet */
  prepare(readings: number): number {
    const packet = this.#packet(this.source.next(readings));
    this.#prepared.push(packet);
    return packet.length;
  }

  /** Sends what is prepared, as much as may be unanswered. */
  sendPrepared(): void {
    this.#socket.cork();
    while (this.#unanswered < start.inFlight && this.#next < this.#prepared.length) {
      const packet = this.#prepared[this.#next++];
      if (packet === undefined) break;
      this.#unanswered += 1;
      this.#socket.write(packet);
    }
    if (this.#next === this.#prepared.length) this.#next = this.#prepared.length = 0;
    this.#socket.uncork();
  }

  sendNow(payload: Buffer): void {
    this.#unanswered += 1;
    this.#socket.write(this.#packet(payload));
  }

  #packet(payload: Buffer): Buffer {
    this.#id = (this.#id % 65_535) + 1;
    return publishPacket(this.#topic, payload, this.#id);
  }
}

let finished: () => void = () => {};

/** With parts of a millisecond. */
const wallMs = () => performance.timeOrigin + performance.now();

/** Sends at the rate, whatever is unanswered; readings are measured when they are sent. */
async function sendAtRate(messages: number, perSecond: number): Promise<void> {
  const from = performance.now();
  for (let i = 0; i < messages; ) {
    const due = Math.min(messages, Math.floor(((performance.now() - from) / 1000) * perSecond));
    for (; i < due; i++) {
      const device = devices[i % devices.length];
      const now = wallMs();
      sentAt.push(now);
      device?.sendNow(device.source.next(start.readings, now));
    }
    await new Promise((resolve) => setTimeout(resolve, TICK_MS));
  }
}

async function carryOut(command: LoadCommand): Promise<void> {
  answered = 0;
  answersWanted = command.messages;
  sentAt.length = 0;
  const done = new Promise<void>((resolve) => {
    finished = resolve;
  });
  const fromReadingMs = devices[0]?.source.nextMs;
  let bytes = 0;
  if (command.perSecond === undefined)
    for (let i = 0; i < command.messages; i++)
      bytes += devices[i % devices.length]?.prepare(start.readings) ?? 0;
  process.send?.({ type: 'prepared', bytes, fromReadingMs });
  await once(process, 'message');
  const fromMs = wallMs();
  if (command.perSecond === undefined) for (const device of devices) device.sendPrepared();
  else await sendAtRate(command.messages, command.perSecond);
  await done;
  process.send?.({ type: 'sent', fromMs, toMs: wallMs(), sentAt });
}

const devices: Device[] = [];
for (let from = 0; from < start.devices; from += CONNECTING) {
  const count = Math.min(CONNECTING, start.devices - from);
  const group = Array.from({ length: count }, (_, i) => new Device(from + i));
  devices.push(...group);
  await Promise.all(group.map((device) => device.ready));
}
process.once('disconnect', () => process.exit(0));
process.send?.({ type: 'ready' });
for (;;) {
  const [command] = (await once(process, 'message')) as [LoadCommand | ReceivedQuestion];
  if (command.type === 'received') process.send?.({ type: 'received', bytes: receivedBytes });
  else await carryOut(command);
}
