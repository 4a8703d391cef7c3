/** What the uplink needs of a connection to the broker. */
export interface Link {
  /**
   * Hands one payload to the connection. Only to be called between `up` and `down`; nothing is kept for later,
   * and there is no answer: a receipt is the only answer that counts.
   */
  publish(channel: 'up' | 'status', payload: string): void;
  /** Bytes of payloads that were handed over and have not left this process: what a slow network has no room for. */
  unsentBytes(): number;
  /** Publishes a last status if the link is up, and leaves. Resolves within half a second. */
  close(lastStatus: string): Promise<void>;
}

export interface LinkEvents {
  /** Connected, and receipts are subscribed to. */
  up(): void;
  /** The connection is gone; the link is trying again by itself. */
  down(): void;
  receipt(payload: Buffer): void;
}

export type OpenLink = (events: LinkEvents) => Link;
