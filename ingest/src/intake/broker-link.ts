/** What the broker delivered. */
export interface DeliveredPacket {
  topic: string;
  payload: Buffer;
  /** ms since the epoch. */
  receivedAt: number;
}

/** The intake's side of an MQTT connection; the intake drives it, an adapter implements it. */
export interface BrokerLink {
  readonly isConnected: boolean;
  /** Sends the PUBACKs of what was delivered, in this order; none for what came by a connection that is gone. */
  acknowledge(packets: readonly DeliveredPacket[]): void;
  /** Publishes while connected; otherwise the payload is dropped: a receipt that is lost only delays. */
  publish(topic: string, payload: string): void;
  /** Leaves the broker until `resume`: whoever cannot store must not let deliveries pile up. */
  suspend(): void;
  resume(): void;
  /** Takes up reading again after `deliver` said `full`. */
  read(): void;
  close(): Promise<void>;
}

export interface LinkEvents {
  /** One packet arrived; after `full` no more is delivered before `read`. */
  deliver(packet: DeliveredPacket): 'room' | 'full';
}

export type OpenBrokerLink = (events: LinkEvents) => BrokerLink;
