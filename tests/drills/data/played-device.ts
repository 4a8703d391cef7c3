import {
  type DeviceRecord,
  deviceTopic,
  encodeUpMessage,
  type ReceiptMessage,
  recordHash,
} from '@jostle/contracts';
import mqtt, { type MqttClient } from 'mqtt';
import type { GeneratedRecord } from '../support/account.ts';
import { reading } from '../support/drafts.ts';

const MESSAGES_AT_ONCE = 20;

/** How a device sends. */
export interface Manner {
  recordsPerMessage: number;
  /** After so long it sends again what has no receipt. */
  resendMs: number;
}

const HASTY: Manner = { recordsPerMessage: 50, resendMs: 250 };

/** A device that keeps what it has no receipt for, in memory and with a log of what it was told. */
export class PlayedDevice {
  readonly id: string;
  readonly epoch: string;
  /** Every seq that was made. */
  made = 0;
  /** How many messages it sent in which something was for the first time. */
  messages = 0;
  /** Sequence numbers that a receipt covered, in the order in which they were forgotten. */
  readonly forgotten: number[] = [];
  /** False while receipts do not reach it. */
  heedsReceipts = true;
  readonly #recordsPerMessage: number;
  // The client with which it is connected.
  readonly #client: MqttClient;
  readonly #held = new Map<number, DeviceRecord>();
  /** `recordHash` of every record that was made, in the order of their seqs. */
  readonly #hashes: string[] = [];
  // The highest seq that was sent.
  #sentUpTo = 0;
  readonly #timer: NodeJS.Timeout;

  private constructor(id: string, epoch: string, client: MqttClient, manner: Manner) {
    this.id = id;
    this.epoch = epoch;
    this.#recordsPerMessage = manner.recordsPerMessage;
    this.#client = client;
    client.on('message', (_, payload) => this.#heed(JSON.parse(payload.toString())));
    this.#timer = setInterval(() => this.#send(0), manner.resendMs);
  }

  static async connect(url: string, id: string, epoch: string, manner = HASTY): Promise<PlayedDevice> {
    const client = await mqtt.connectAsync(url, { clientId: id, username: id, clean: true });
    await client.subscribeAsync(deviceTopic(id, 'receipt'), { qos: 1 });
    return new PlayedDevice(id, epoch, client, manner);
  }

  get held(): number {
    return this.#held.size;
  }

  make(count: number): void {
    for (let i = 0; i < count; i++) {
      const seq = ++this.made;
      const record: DeviceRecord = { ...reading(seq), seq, bootId: this.epoch };
      this.#held.set(seq, record);
      this.#hashes.push(recordHash(record));
    }
    this.#send(this.#sentUpTo);
  }

  /** Everything that was made but some seqs. */
  generated(without: ReadonlySet<number>): GeneratedRecord[] {
    return this.#hashes
      .map((hash, i) => ({ deviceId: this.id, hash, identity: { epoch: this.epoch, seq: i + 1 } }))
      .filter(({ identity }) => !without.has(identity.seq));
  }

  /**
   * Sends the oldest of what it holds, as it does again and again until a receipt covers them.
   *
   * @param after only what lies above this seq
   */
  #send(after: number): void {
    const perMessage = this.#recordsPerMessage;
    const oldest = [...this.#held.values()].slice(0, perMessage * MESSAGES_AT_ONCE);
    const minSeq = oldest[0]?.seq ?? this.made;
    const records = oldest.filter(({ seq }) => seq > after);
    for (let from = 0; from < records.length; ) {
      const run = consecutive(records, from, perMessage);
      from += run.length;
      this.#count(run);
      const message = encodeUpMessage(this.epoch, { minSeq, maxSeq: this.made }, run);
      this.#client.publish(deviceTopic(this.id, 'up'), JSON.stringify(message), { qos: 1 });
    }
  }

  /** Sends something else under its name. Resolves when the broker has it. */
  async slipIn(payload: string): Promise<void> {
    await this.#client.publishAsync(deviceTopic(this.id, 'up'), payload, { qos: 1 });
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.endAsync(true);
  }

  #count(run: readonly DeviceRecord[]): void {
    const last = run.at(-1)?.seq ?? 0;
    if (last <= this.#sentUpTo) return;
    this.#sentUpTo = last;
    this.messages += 1;
  }

  #heed({ epoch, upTo, have, dead }: ReceiptMessage): void {
    if (!this.heedsReceipts || epoch !== this.epoch) return;
    const isCovered = (seq: number) =>
      seq <= upTo || have.some(([a, b]) => a <= seq && seq <= b) || dead.some((one) => one.seq === seq);
    for (const seq of this.#held.keys())
      if (isCovered(seq)) {
        this.#held.delete(seq);
        this.forgotten.push(seq);
      }
    this.#send(this.#sentUpTo);
  }
}

function consecutive(records: readonly DeviceRecord[], from: number, max: number): DeviceRecord[] {
  const run: DeviceRecord[] = [];
  for (let i = from; i < records.length && run.length < max; i++) {
    const record = records[i];
    if (record === undefined || record.seq !== (records[from]?.seq ?? 0) + i - from) break;
    run.push(record);
  }
  return run;
}
