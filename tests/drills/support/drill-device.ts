import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { addRange, type Clock, missingFrom, type RecordDraft, type SeqRanges } from '@jostle/contracts';
import { Outbox } from '@jostle/edge/outbox';
import { type LinkEvents, type OpenLink, openMqttLink, Uplink } from '@jostle/edge/uplink';
import { type GeneratedRecord, generatedOf } from './account.ts';
import type { SeededRandom } from './seeded-random.ts';
import { SILENT, SYSTEM_CLOCK } from './site.ts';

/** As often as the agent does it. */
const PUMP_MS = 250;

export interface DrillDeviceOptions {
  deviceId: string;
  folder: string;
  mqttUrl: string;
  random: SeededRandom;
  clock?: Clock;
  maxRecords?: number;
  /** Stands between the uplink and its connection. */
  disturb?: (open: OpenLink) => OpenLink;
}

/** Outbox, uplink and connection of the edge agent, without its sensors: a drill appends what it makes up. */
export class DrillDevice {
  readonly deviceId: string;
  readonly path: string;
  /** What the outbox confirmed so far, this time and before. */
  readonly generated: GeneratedRecord[] = [];
  readonly #options: DrillDeviceOptions;
  readonly #outbox: Outbox;
  readonly #bootId = randomUUID();
  #uplink: Uplink | undefined;
  #pumping: NodeJS.Timeout | undefined;
  #covered: SeqRanges = [];
  readonly #lags: { storedAt: number; lagMs: number }[] = [];
  #waiting: { fromSeq: number; toSeq: number; at: number }[] = [];

  constructor(options: DrillDeviceOptions) {
    this.#options = options;
    this.deviceId = options.deviceId;
    this.path = join(options.folder, `${options.deviceId}.db`);
    const maxRecords = options.maxRecords ?? 500_000;
    this.#outbox = new Outbox({ path: this.path, log: SILENT, maxRecords });
  }

  get epoch(): string {
    return this.#outbox.epoch;
  }

  /** Records without a receipt. */
  get backlog(): number {
    return this.#outbox.count;
  }

  get maxSeq(): number {
    return this.#outbox.span.maxSeq;
  }

  /** What receipts have covered since this object was made. */
  get covered(): SeqRanges {
    return this.#covered;
  }

  /**
   * From storing to receipt of each batch that has all of its receipts, ms.
   *
   * @param from and `to`: only of those that were stored meanwhile, by `performance.now()`
   */
  lagsMs(from = 0, to = Number.POSITIVE_INFINITY): number[] {
    return this.#lags.filter((lag) => from <= lag.storedAt && lag.storedAt <= to).map(({ lagMs }) => lagMs);
  }

  get isUp(): boolean {
    return this.#uplink?.isUp ?? false;
  }

  /** Stores drafts, and sends what may be sent. */
  append(drafts: readonly RecordDraft[]): void {
    const records = this.#outbox.append(drafts, this.#bootId);
    this.generated.push(...generatedOf(this.deviceId, this.epoch, records));
    const [first, last] = [records[0], records.at(-1)];
    if (this.#uplink !== undefined && first !== undefined && last !== undefined)
      this.#waiting.push({ fromSeq: first.seq, toSeq: last.seq, at: performance.now() });
    this.#uplink?.pump();
  }

  /** Goes to the broker; from then on records leave. */
  connect(): void {
    const { deviceId, mqttUrl: url, random, clock = SYSTEM_CLOCK, disturb = (open) => open } = this.#options;
    const link = { url, deviceId, token: undefined, random: random.next, log: SILENT };
    const open = disturb((events) => openMqttLink(link, events));
    this.#uplink = new Uplink({
      outbox: this.#outbox,
      bootId: this.#bootId,
      openLink: (events) => open(this.#watched(events)),
      clock,
      random: random.next,
      log: SILENT,
    });
    const uplink = this.#uplink;
    this.#pumping = setInterval(() => uplink.pump(), PUMP_MS);
  }

  /** Leaves the broker; what has no receipt stays. */
  async disconnect(): Promise<void> {
    clearInterval(this.#pumping);
    await this.#uplink?.close();
    this.#uplink = undefined;
  }

  async close(): Promise<void> {
    await this.disconnect();
    this.#outbox.close();
  }

  #watched(events: LinkEvents): LinkEvents {
    return {
      ...events,
      receipt: (payload) => {
        events.receipt(payload);
        this.#note(JSON.parse(payload.toString()));
      },
    };
  }

  #note({ upTo, have }: { upTo: number; have: [number, number][] }): void {
    const now = performance.now();
    if (upTo > 0) this.#covered = addRange(this.#covered, 1, upTo);
    for (const [from, to] of have) this.#covered = addRange(this.#covered, from, to);
    this.#waiting = this.#waiting.filter(({ fromSeq, toSeq, at }) => {
      if (missingFrom(this.#covered, fromSeq, toSeq).length > 0) return true;
      this.#lags.push({ storedAt: at, lagMs: now - at });
      return false;
    });
  }
}
