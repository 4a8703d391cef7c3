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

const RECORDS_PER_MESSAGE = 50;
const MESSAGES_AT_ONCE = 20;
const RESEND_MS = 250;

/** A device that keeps what it has no receipt for, in memory and with a log of what it was told. */
export class PlayedDevice {
  readonly id: string;
  readonly epoch: string;
  /** Every seq that was made. */
  made = 0;
  /** Sequence numbers that a receipt covered, in the order in which they were forgotten. */
  readonly forgotten: number[] = [];
  /** False while receipts do not reach it. */
  heedsReceipts = true;
  // The client with which it is connected.
  readonly #client: MqttClient;
  readonly #held = new Map<number, DeviceRecord>();
  /** `recordHash` of every record that was made, in the order of their seqs. */
  readonly #hashes: string[] = [];
  readonly #timer: NodeJS.Timeout;

  private constructor(id: string, epoch: string, client: MqttClient) {
    this.id = id;
    this.epoch = epoch;
    this.#client = client;
    client.on('message', (_, payload) => this.#heed(JSON.parse(payload.toString())));
    this.#timer = setInterval(() => this.send(), RESEND_MS);
  }

  static async connect(url: string, id: string, epoch: string): Promise<PlayedDevice> {
    const client = await mqtt.connectAsync(url, { clientId: id, username: id, clean: true });
    await client.subscribeAsync(deviceTopic(id, 'receipt'), { qos: 1 });
    return new PlayedDevice(id, epoch, client);
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
    this.send();
  }

  /** Everything that was made but some seqs. */
  generated(without: ReadonlySet<number>): GeneratedRecord[] {
    return this.#hashes
      .map((hash, i) => ({ deviceId: this.id, hash, identity: { epoch: this.epoch, seq: i + 1 } }))
      .filter(({ identity }) => !without.has(identity.seq));
  }

  /** Sends the oldest of what it holds, as it does again and again until a receipt covers them. */
  send(): void {
    const records = [...this.#held.values()].slice(0, RECORDS_PER_MESSAGE * MESSAGES_AT_ONCE);
    const minSeq = records[0]?.seq ?? this.made;
    for (let from = 0; from < records.length; ) {
      const run = consecutive(records, from);
      from += run.length;
      const message = encodeUpMessage(this.epoch, { minSeq, maxSeq: this.made }, run);
      this.#client.publish(deviceTopic(this.id, 'up'), JSON.stringify(message), { qos: 1 });
    }
  }

  async leave(): Promise<void> {
    clearInterval(this.#timer);
    await this.#client.endAsync(true);
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
    if (this.#held.size > 0) this.send();
  }
}

function consecutive(records: readonly DeviceRecord[], from: number): DeviceRecord[] {
  const run: DeviceRecord[] = [];
  for (let i = from; i < records.length && run.length < RECORDS_PER_MESSAGE; i++) {
    const record = records[i];
    if (record === undefined || record.seq !== (records[from]?.seq ?? 0) + i - from) break;
    run.push(record);
  }
  return run;
}
