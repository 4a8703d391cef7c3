import type { ErrorCode } from '@jostle/contracts';
import { Counter, Gauge, Registry } from 'prom-client';

/** What the broker counts, for Prometheus. */
export class BrokerMetrics {
  readonly registry = new Registry();
  readonly #refusals = this.#counter('refusals_total', 'What was refused, by code.', ['code']);
  readonly #turnedAway = this.#counter('connections_turned_away_total', 'Connections beyond the caps.');
  readonly #receivedBytes = this.#counter('received_bytes_total', 'Bytes read from clients.');
  readonly #published = this.#counter('messages_published_total', 'Messages taken from clients.');
  readonly #delivered = this.#counter('messages_delivered_total', 'Messages that a subscriber acknowledged.');
  readonly #receiptsLeftOut = this.#counter(
    'receipts_left_out_total',
    'Receipts that were not written to a device because it does not read.',
  );
  readonly #takeovers = this.#counter('takeovers_total', 'Logins under an id that was connected already.');
  readonly #slowedSeconds = this.#counter(
    'slowed_seconds_total',
    'Time for which connections that sent too fast were not read.',
  );

  /** @param connectedClients asked when the metrics are */
  constructor(connectedClients: () => number) {
    new Gauge({
      name: 'jostle_broker_clients_connected',
      help: 'Clients that are logged in.',
      registers: [this.registry],
      collect() {
        this.set(connectedClients());
      },
    });
  }

  refused(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }

  turnedAway(): void {
    this.#turnedAway.inc();
  }

  received(bytes: number): void {
    this.#receivedBytes.inc(bytes);
  }

  published(): void {
    this.#published.inc();
  }

  delivered(): void {
    this.#delivered.inc();
  }

  receiptLeftOut(): void {
    this.#receiptsLeftOut.inc();
  }

  takenOver(): void {
    this.#takeovers.inc();
  }

  slowed(waitMs: number): void {
    this.#slowedSeconds.inc(waitMs / 1000);
  }

  #counter<L extends string = never>(name: string, help: string, labelNames: L[] = []): Counter<L> {
    return new Counter({ name: `jostle_broker_${name}`, help, labelNames, registers: [this.registry] });
  }
}
