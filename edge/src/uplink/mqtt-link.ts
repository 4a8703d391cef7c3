import { setTimeout as wait } from 'node:timers/promises';
import { deviceTopic, type RetryPlan, retryDelayMs, type StatusMessage } from '@jostle/contracts';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';
import type { Logger } from 'pino';
import type { Link, LinkEvents } from './link.ts';

/** Jittered, so that devices which lost the same broker do not come back in step. */
const RECONNECT_PLAN: RetryPlan = { firstMs: 1_000, maxMs: 60_000, factor: 2 };
/** Below the idle time after which carriers' address translation forgets a connection, s. */
const KEEPALIVE_S = 45;
const CONNECT_TIMEOUT_MS = 10_000;
const TRIAL_TIMEOUT_MS = 5_000;
/** How long a parting status is waited for. */
const CLOSE_MS = 300;

export interface MqttLinkOptions {
  url: string;
  deviceId: string;
  /** The device's token; without one the broker must believe the client id. */
  token: string | undefined;
  random: () => number;
  log: Logger;
}

const OFFLINE: StatusMessage = { v: 1, state: 'offline' };

/**
 * The connection to the broker over MQTT 3.1.1. Each connection is a new client with a clean session: what the
 * old one had under way is dropped with it, because the outbox still has it and packet ids start anew.
 */
export function openMqttLink(options: MqttLinkOptions, events: LinkEvents): Link {
  const link = new MqttLink(options, events);
  link.connect();
  return link;
}

/** What became of a login that was only tried. */
export type LoginOutcome = { kind: 'accepted' } | { kind: 'refused' | 'unreachable'; reason: string };

/** Logs in at the broker and out again. It ends the connection of an agent that has the same id. */
export function tryLogin({
  url,
  deviceId,
  token,
}: Pick<MqttLinkOptions, 'url' | 'deviceId' | 'token'>): Promise<LoginOutcome> {
  const client = mqtt.connect(url, {
    ...credentialsOf(deviceId, token),
    reconnectPeriod: 0,
    connectTimeout: TRIAL_TIMEOUT_MS,
  });
  return new Promise((resolve) => {
    // What happens first is the outcome: the end itself closes the connection, too.
    let outcome: LoginOutcome | undefined;
    const end = (first: LoginOutcome) => {
      outcome ??= first;
      const { kind } = outcome;
      client.end(kind !== 'accepted', () => resolve(outcome ?? first));
    };
    client.once('connect', () => end({ kind: 'accepted' }));
    client.on('error', (error) => {
      const isRefusal = typeof (error as { code?: unknown }).code === 'number';
      end({ kind: isRefusal ? 'refused' : 'unreachable', reason: reasonOf(error) });
    });
    client.once('close', () => end({ kind: 'unreachable', reason: 'the connection was closed' }));
  });
}

/** A host with several addresses fails with an error per address and no sentence of its own. */
function reasonOf(error: Error): string {
  const [first] = error instanceof AggregateError ? (error.errors as Error[]) : [error];
  return first?.message || String(error);
}

/** MQTT 3.1.1, no session on the broker. */
function credentialsOf(deviceId: string, token: string | undefined): IClientOptions {
  return {
    clientId: deviceId,
    username: deviceId,
    ...(token === undefined ? {} : { password: token }),
    protocolVersion: 4,
    clean: true,
  };
}

class MqttLink implements Link {
  readonly #options: MqttLinkOptions;
  readonly #events: LinkEvents;
  #client: MqttClient | undefined;
  #isUp = false;
  #isClosing = false;
  #failures = 0;
  #reconnectTimer: NodeJS.Timeout | undefined;

  constructor(options: MqttLinkOptions, events: LinkEvents) {
    this.#options = options;
    this.#events = events;
  }

  connect(): void {
    const { url, deviceId, log } = this.#options;
    const client = mqtt.connect(url, this.#clientOptions());
    this.#client = client;
    client.on('connect', () => {
      client.subscribe(deviceTopic(deviceId, 'receipt'), { qos: 1 }, (error) => {
        if (!error) {
          this.#up(client);
          return;
        }
        log.error({ err: error.message }, 'subscription to receipts refused');
        client.end(true);
      });
    });
    client.on('message', (topic, payload) => {
      if (client === this.#client && topic === deviceTopic(deviceId, 'receipt'))
        this.#events.receipt(payload);
    });
    client.on('error', (error) => {
      // One line per outage: the reconnects that follow are the same story.
      if (this.#failures === 0) log.warn({ err: error.message }, 'broker does not take the connection');
    });
    client.on('close', () => this.#down(client));
  }

  publish(channel: 'up' | 'status', payload: string): void {
    if (this.#isUp) this.#client?.publish(deviceTopic(this.#options.deviceId, channel), payload, { qos: 1 });
  }

  unsentBytes(): number {
    return this.#client?.stream?.writableLength ?? 0;
  }

  async close(lastStatus: string): Promise<void> {
    this.#isClosing = true;
    clearTimeout(this.#reconnectTimer);
    const client = this.#client;
    if (client === undefined) return;
    if (this.#isUp) await Promise.race([this.#part(client, lastStatus), wait(CLOSE_MS)]);
    // What still comes is told to nobody: the outbox closes next.
    this.#client = undefined;
    client.end(true);
    // An end that waits for acknowledgements is not hastened by a second one.
    client.stream?.destroy();
  }

  /** With its own last word and a DISCONNECT the will is not published. */
  #part(client: MqttClient, lastStatus: string): Promise<void> {
    return new Promise((resolve) => {
      const topic = deviceTopic(this.#options.deviceId, 'status');
      client.publish(topic, lastStatus, { qos: 1 }, () => client.end(false, () => resolve()));
    });
  }

  #up(client: MqttClient): void {
    if (client !== this.#client || this.#isClosing) return;
    this.#isUp = true;
    this.#failures = 0;
    this.#events.up();
  }

  #down(client: MqttClient): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    client.end(true);
    this.#isUp = false;
    this.#events.down();
    if (this.#isClosing) return;
    const delay = retryDelayMs(RECONNECT_PLAN, this.#failures, this.#options.random());
    this.#failures += 1;
    this.#reconnectTimer = setTimeout(() => this.connect(), delay);
  }

  #clientOptions(): IClientOptions {
    const { deviceId, token } = this.#options;
    return {
      ...credentialsOf(deviceId, token),
      reconnectPeriod: 0,
      resubscribe: false,
      queueQoSZero: false,
      keepalive: KEEPALIVE_S,
      connectTimeout: CONNECT_TIMEOUT_MS,
      will: {
        topic: deviceTopic(deviceId, 'status'),
        payload: Buffer.from(JSON.stringify(OFFLINE)),
        qos: 1,
        retain: false,
      },
    };
  }
}
