import { type Clock, deviceTopic, type RetryPlan, retryDelayMs, sharedFilter } from '@jostle/contracts';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { writeToStream } from 'mqtt-packet';
import type { Logger } from 'pino';
import type { BrokerLink, DeliveredPacket, LinkEvents } from './broker-link.ts';

const RECONNECT_PLAN: RetryPlan = { firstMs: 200, maxMs: 10_000, factor: 2 };
const KEEPALIVE_S = 30;
const CONNECT_TIMEOUT_MS = 5_000;
const PROTOCOL_VERSION = 4;
/** A whole PUBACK but for the packet identifier in its last two bytes (MQTT 3.1.1, 3.4). */
const PUBACK = 0x40_02_00_00;
const PUBACK_BYTES = 4;
/** Given to mqtt.js in place of a result, so that it sends no PUBACK of its own and goes on. */
const DEFERRED = new Error('acknowledged after the commit');

export interface MqttLinkOptions {
  url: string;
  clientId: string;
  username: string;
  token: string | undefined;
  /** Whose messages are shared with other workers; undefined for all messages. */
  shareGroup: string | undefined;
  clock: Clock;
  random: () => number;
  log: Logger;
}

/**
 * MQTT 3.1.1 with acknowledgement after the commit.
 *
 * INVARIANTS
 * - Each connection is a client of its own with a clean session. A packet acknowledges on the client it came by
 *   and nowhere else: on the next connection its id belongs to another message.
 * - PUBACKs go out in the order of arrival (MQTT 3.1.1, 4.6), because the intake acknowledges in that order.
 * - While the window is full the client's next packet is not asked for, which stops the socket.
 */
export function openMqttLink(options: MqttLinkOptions, events: LinkEvents): BrokerLink {
  const link = new MqttLink(options, events);
  link.resume();
  return link;
}

class MqttLink implements BrokerLink {
  readonly #options: MqttLinkOptions;
  readonly #events: LinkEvents;
  // Undefined between connections, and while suspended or closed.
  #client: MqttClient | undefined;
  #isConnected = false;
  #isWanted = false;
  // Counts connection attempts since the last success.
  #failures = 0;
  #reconnect: NodeJS.Timeout | undefined;
  // Set while the window is full: lets mqtt.js go on.
  #heldBack: (() => void) | undefined;

  constructor(options: MqttLinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  get isConnected(): boolean {
    return this.#isConnected;
  }

  acknowledge(packets: readonly DeliveredPacket[]): void {
    const client = this.#client;
    if (client === undefined || !client.connected) return;
    const ids = packets.flatMap((packet) =>
      packet instanceof Delivery && packet.client === client ? (packet.messageId ?? []) : [],
    );
    const pubacks = Buffer.alloc(ids.length * PUBACK_BYTES);
    ids.forEach((id, i) => void pubacks.writeUInt32BE(PUBACK + id, i * PUBACK_BYTES));
    client.stream.write(pubacks);
  }

  publish(topic: string, payload: string): void {
    const client = this.#client;
    if (!this.#isConnected || client === undefined || !client.connected) return;
    const packet = { cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false } as const;
    writeToStream(packet, client.stream, { protocolVersion: PROTOCOL_VERSION });
  }

  read(): void {
    const goOn = this.#heldBack;
    this.#heldBack = undefined;
    goOn?.();
  }

  resume(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#connect();
  }

  suspend(): void {
    this.#isWanted = false;
    clearTimeout(this.#reconnect);
    const client = this.#client;
    this.#forget();
    client?.end(true);
  }

  async close(): Promise<void> {
    this.#isWanted = false;
    clearTimeout(this.#reconnect);
    const client = this.#client;
    const goOn = this.#heldBack;
    // What still arrives while the last receipts leave is not ours any more: its sender keeps it.
    this.#forget();
    goOn?.();
    if (client === undefined) return;
    if (client.connected) await new Promise<void>((resolve) => client.end(false, {}, () => resolve()));
    else client.end(true);
  }

  #connect(): void {
    const { url, clientId, username, token, log } = this.#options;
    const client = mqtt.connect(url, {
      clientId,
      username,
      ...(token === undefined ? {} : { password: token }),
      protocolVersion: PROTOCOL_VERSION,
      clean: true,
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      keepalive: KEEPALIVE_S,
      // Its own log is never shown, and each packet writes several lines of it.
      log: () => {},
      connectTimeout: CONNECT_TIMEOUT_MS,
    });
    this.#client = client;
    client.handleMessage = (packet, done) => this.#deliver(client, packet, done);
    client.on('connect', () => this.#subscribe(client));
    client.on('error', (error) => {
      // One line per outage: the attempts that follow are the same story.
      if (this.#failures === 0) log.warn({ err: error.message }, 'broker does not take the connection');
    });
    client.on('close', () => this.#lost(client));
  }

  #subscribe(client: MqttClient): void {
    const { shareGroup, log } = this.#options;
    client.subscribe(filtersOf(shareGroup), { qos: 1 }, (error, granted) => {
      if (client !== this.#client) return;
      if (error !== null || granted?.some(({ qos }) => qos > 1)) {
        const code = shareGroup === undefined ? {} : { code: 'INGEST_SHARE_REFUSED', shareGroup };
        log.error({ ...code, err: error?.message }, 'broker refuses the subscription of ingest');
        client.end(true);
        return;
      }
      this.#isConnected = true;
      this.#failures = 0;
      log.info('intake is connected to the broker');
    });
  }

  #deliver(client: MqttClient, packet: IPublishPacket, done: (error?: Error) => void): void {
    if (client !== this.#client) {
      done(DEFERRED);
      return;
    }
    const delivery = new Delivery(packet, this.#options.clock.wallMs(), client);
    const deferred = packet.qos === 0 ? undefined : DEFERRED;
    if (this.#events.deliver(delivery) === 'room') done(deferred);
    else this.#heldBack = () => done(deferred);
  }

  #lost(client: MqttClient): void {
    if (client !== this.#client) return;
    if (this.#isConnected) this.#options.log.warn('intake lost the broker');
    this.#forget();
    client.end(true);
    if (!this.#isWanted) return;
    const delay = retryDelayMs(RECONNECT_PLAN, this.#failures, this.#options.random());
    this.#failures += 1;
    this.#reconnect = setTimeout(() => this.#connect(), delay);
  }

  #forget(): void {
    this.#client = undefined;
    this.#isConnected = false;
    this.#heldBack = undefined;
  }
}

class Delivery implements DeliveredPacket {
  readonly topic: string;
  readonly payload: Buffer;
  readonly receivedAt: number;
  /** The connection that it came by. */
  readonly client: MqttClient;
  /** Undefined where the broker waits for no PUBACK. */
  readonly messageId: number | undefined;

  constructor({ topic, payload, qos, messageId }: IPublishPacket, receivedAt: number, client: MqttClient) {
    this.topic = topic;
    this.payload = typeof payload === 'string' ? Buffer.from(payload) : payload;
    this.receivedAt = receivedAt;
    this.client = client;
    this.messageId = qos === 0 ? undefined : messageId;
  }
}

/**
 * One filter per channel; they do not overlap, some brokers deliver twice or not at all where they do. Every worker
 * hears who comes and goes: so the last that each of them writes of a device is the same, and no worker takes such a
 * message with it when it dies. What it takes of the shared ones, the outboxes send again.
 */
function filtersOf(shareGroup: string | undefined): string[] {
  const up = deviceTopic('+', 'up');
  return [shareGroup === undefined ? up : sharedFilter(shareGroup, up), deviceTopic('+', 'status')];
}
