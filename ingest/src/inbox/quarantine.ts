import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Reject } from './submission.ts';

/** What is kept of the raw bytes of one message. */
export const RAW_MAX_BYTES = 64 * 1024;
/** Rows of one device and in all: a device that sends nothing but rubbish fills some 400 MB, never the disk. */
export const KEPT_PER_DEVICE = 10_000;
const KEPT_IN_ALL = 100_000;

export interface QuarantineOrigin {
  deviceId: string;
  topic: string;
  receivedAt: number;
  epoch: string | null;
}

/** What became of rejects. */
interface Asides {
  /** Those that are new in the quarantine. */
  added: number;
  /** Those that it has no room for: they are counted, and their bytes are gone. */
  overflow: number;
}

/** The quarantine within one transaction. */
export class Quarantine {
  readonly #trx: Transaction<Database>;
  // Read once from the store and counted on from there; the second is keyed by device.
  #keptInAll: number | undefined;
  readonly #keptOf = new Map<string, number>();

  constructor(trx: Transaction<Database>) {
    this.#trx = trx;
  }

  /** Puts rejects aside with their raw bytes. The same bytes with the same code are kept once per device. */
  async add(origin: QuarantineOrigin, rejects: readonly Reject[]): Promise<Asides> {
    const asides = { added: 0, overflow: 0 };
    for (const reject of rejects) {
      if (!(await this.#hasRoom(origin.deviceId))) asides.overflow += 1;
      else if (await this.#insert(origin, reject)) {
        asides.added += 1;
        this.#keptInAll = (this.#keptInAll ?? 0) + 1;
        this.#keptOf.set(origin.deviceId, (this.#keptOf.get(origin.deviceId) ?? 0) + 1);
      }
    }
    return asides;
  }

  async #hasRoom(deviceId: string): Promise<boolean> {
    this.#keptInAll ??= await this.#count();
    const kept = this.#keptOf.get(deviceId) ?? (await this.#count(deviceId));
    this.#keptOf.set(deviceId, kept);
    return this.#keptInAll < KEPT_IN_ALL && kept < KEPT_PER_DEVICE;
  }

  async #count(deviceId?: string): Promise<number> {
    let rows = this.#trx.selectFrom('quarantine').select(({ fn }) => fn.countAll<number>().as('kept'));
    if (deviceId !== undefined) rows = rows.where('device_id', '=', deviceId);
    return (await rows.executeTakeFirstOrThrow()).kept;
  }

  async #insert(origin: QuarantineOrigin, { code, reason, raw, seqs }: Reject): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#trx
      .insertInto('quarantine')
      .values({
        device_id: origin.deviceId,
        topic: origin.topic,
        received_at: origin.receivedAt,
        code,
        reason: reason.slice(0, 500),
        raw: raw.subarray(0, RAW_MAX_BYTES).toString('base64'),
        digest: digestOf(code, origin.epoch, seqs, raw),
        epoch: origin.epoch,
        seq: seqs?.[0] ?? null,
      })
      .onConflict((conflict) => conflict.columns(['device_id', 'digest']).doNothing())
      .executeTakeFirstOrThrow();
    return numInsertedOrUpdatedRows === 1n;
  }
}

function digestOf(code: string, epoch: string | null, seqs: Reject['seqs'], raw: Buffer): string {
  return createHash('sha256')
    .update(JSON.stringify([code, epoch, seqs]))
    .update(raw)
    .digest('hex');
}
