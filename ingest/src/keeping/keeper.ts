import { TelemetryWriter, type TelemetryWriterOptions } from '../telemetry/telemetry-writer.ts';
import { Housekeeping, type HousekeepingOptions } from './housekeeping.ts';
import { Leadership } from './leadership.ts';

export interface KeeperOptions extends TelemetryWriterOptions, Omit<HousekeepingOptions, 'writer' | 'pause'> {
  /** Names this process among all that share the database. */
  holder: string;
}

/** Runs the telemetry writer and the housekeeping in the one ingest that leads. */
export class Keeper {
  readonly #leadership: Leadership;
  // Set while this process leads.
  #writer: TelemetryWriter | undefined;

  constructor(options: KeeperOptions) {
    this.#leadership = new Leadership({
      ...options,
      lead: () => {
        const writer = new TelemetryWriter(options);
        this.#writer = writer;
        const housekeeping = new Housekeeping({ ...options, writer });
        return {
          stop: async () => {
            this.#writer = undefined;
            await Promise.all([writer.stop(), housekeeping.stop()]);
          },
        };
      },
    });
  }

  get isLeader(): boolean {
    return this.#leadership.isLeader;
  }

  /** How the curves are doing, in a few words. */
  get standing(): string {
    if (this.#writer === undefined) return 'another process writes';
    return this.#writer.problem ?? 'writes';
  }

  /** Says that the inbox has something new. */
  nudge(): void {
    this.#writer?.nudge();
  }

  stop(): Promise<void> {
    return this.#leadership.stop();
  }
}
