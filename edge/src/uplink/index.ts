/** The way from an outbox to the broker, for whoever drives it without an agent around it. */
export type { Link, LinkEvents, OpenLink } from './link.ts';
export { openMqttLink } from './mqtt-link.ts';
export { Uplink } from './uplink.ts';
