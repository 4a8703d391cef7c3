import { type DeviceRecord, deviceTopic, encodeUpMessage, type ReceiptMessage } from '@jostle/contracts';
import mqtt, { type MqttClient } from 'mqtt';

const RECORDS_PER_MESSAGE = 50;
const MESSAGES_AT_ONCE = 20;
const RESEND_MS = 250;
const START_MS = Date.UTC(2026, 2, 1);

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
      this.#held.set(seq, {
        seq,
        kind: 'climate',
        bootId: this.epoch,
        measuredAt: START_MS + seq * 1000,
        monotonicMs: seq * 1000,
        clockQuality: 'ntp',
        body: { sensor: 'sht31d-44', temperatureC: 15 + (seq % 100) / 10, ageMs: 0 },
      });
    }
    this.send();
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
