/** Who speaks on MQTT. A device is known by its own id; ingest workers by ids that begin with `ingest-`. */
export type MqttRole = 'device' | 'ingest';

export type MqttAction = 'publish' | 'subscribe';

const ROOT = 'jostle/v1/devices';

/** The channels below a device's own topic, with the roles that may use each. */
export const CHANNELS = {
  up: { publish: 'device', subscribe: 'ingest', carries: 'A run of records from the outbox (UpMessage).' },
  status: {
    publish: 'device',
    subscribe: 'ingest',
    carries: 'The device is online or offline (StatusMessage); also its will.',
  },
  receipt: { publish: 'ingest', subscribe: 'device', carries: 'What ingest has committed (ReceiptMessage).' },
  command: { publish: 'ingest', subscribe: 'device', carries: 'Reserved: instructions to a device.' },
} as const satisfies Record<string, { publish: MqttRole; subscribe: MqttRole; carries: string }>;

export type Channel = keyof typeof CHANNELS;

/** The largest payload that a client may publish, bytes. Both ends cut their messages to it. */
export const MAX_PAYLOAD_BYTES = 32 * 1024;

/** The topic of one channel of one device; `+` as the id gives ingest's filter over all devices. */
export function deviceTopic(deviceId: string, channel: Channel): string {
  return `${ROOT}/${deviceId}/${channel}`;
}

/** The filter by which the clients of one group share what another filter gives, on a broker that knows this. */
export function sharedFilter(group: string, filter: string): string {
  return `$share/${group}/${filter}`;
}

/** The device and channel of a topic, or undefined where it is none of ours. */
export function parseDeviceTopic(topic: string): { deviceId: string; channel: Channel } | undefined {
  const match = /^jostle\/v1\/devices\/([^/+#]+)\/([a-z]+)$/.exec(topic);
  const [, deviceId, channel] = match ?? [];
  if (deviceId === undefined || channel === undefined || !Object.hasOwn(CHANNELS, channel)) return undefined;
  return { deviceId, channel: channel as Channel };
}

/**
 * Whether a client may do this: the one table that the broker checks.
 * A device may touch only its own topic; ingest may use the whole of each channel that is meant for it.
 *
 * @param topic for `subscribe`, the filter
 */
export function isTopicAllowed(
  client: { id: string; role: MqttRole },
  action: MqttAction,
  topic: string,
): boolean {
  if (client.role === 'ingest' && action === 'subscribe') {
    return Object.entries(CHANNELS).some(
      ([channel, rule]) => rule.subscribe === 'ingest' && topic === deviceTopic('+', channel as Channel),
    );
  }
  const parsed = parseDeviceTopic(topic);
  if (parsed === undefined || CHANNELS[parsed.channel][action] !== client.role) return false;
  return client.role === 'ingest' || parsed.deviceId === client.id;
}
