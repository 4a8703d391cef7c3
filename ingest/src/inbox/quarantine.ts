import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Reject } from './submission.ts';

/** What is kept of the raw bytes of one message. */
export const RAW_MAX_BYTES = 64 * 1024;
/** Rows of one device and in all: a device that sends nothing but rubbish fills some 400 MB, never the disk. */
export const KEPT_PER_DEVICE = 10_000;
const KEPT_IN_ALL = 100_000;
/**
 * Where a tenth is the bound. A database that refuses everything, for a field of another type, say, must not take the
 * room of what devices sent; the inbox has these points all the same.
 */
const KEPT_A_TENTH = 'INGEST_TELEMETRY_REFUSED';

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
  /** Those that it has no room for: their bytes are gone. */
  overflow: Reject[];
}

/** The quarantine within one transaction. */
export class Quarantine {
  readonly #trx: Transaction<Database>;
  // Rows, read once from the store and counted on from there; keyed by code and device, of which each may be any.
  readonly #kept = new Map<string, number>();

  constructor(trx: Transaction<Database>) {
    this.#trx = trx;
  }

  /** Puts rejects aside with their raw bytes. The same bytes with the same code are kept once per device. */
  async add(origin: QuarantineOrigin, rejects: readonly Reject[]): Promise<Asides> {
    const asides: Asides = { added: 0, overflow: [] };
    for (const reject of rejects) {
      const bounds = boundsOf(origin.deviceId, reject.code);
      if (!(await this.#hasRoom(bounds))) asides.overflow.push(reject);
      else if (await this.#insert(origin, reject)) {
        asides.added += 1;
        for (const { key } of bounds) this.#kept.set(key, (this.#kept.get(key) ?? 0) + 1);
      }
    }
    return asides;
  }

  async #hasRoom(bounds: readonly Bound[]): Promise<boolean> {
    for (const bound of bounds) {
      const kept = this.#kept.get(bound.key) ?? (await this.#count(bound));
      this.#kept.set(bound.key, kept);
      if (kept >= bound.max) return false;
    }
    return true;
  }

  async #count({ deviceId, code }: Bound): Promise<number> {
    let rows = this.#trx.selectFrom('quarantine').select(({ fn }) => fn.countAll<number>().as('kept'));
    if (deviceId !== undefined) rows = rows.where('device_id', '=', deviceId);
    if (code !== undefined) rows = rows.where('code', '=', code);
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
        // It may name a key that a device made up; PostgreSQL can store no U+0000 in a text.
        reason: reason.replaceAll('\0', '\uFFFD').slice(0, 500),
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

interface Bound {
  key: string;
  /** Rows of this device and this code; of any where there is none. */
  deviceId?: string;
  code?: string;
  max: number;
}

function boundsOf(deviceId: string, code: string): Bound[] {
  const bounds: Bound[] = [
    { key: '', max: KEPT_IN_ALL },
    { key: `/${deviceId}`, deviceId, max: KEPT_PER_DEVICE },
  ];
  if (code === KEPT_A_TENTH)
    bounds.push(
      { key: code, code, max: KEPT_IN_ALL / 10 },
      { key: `${code}/${deviceId}`, deviceId, code, max: KEPT_PER_DEVICE / 10 },
    );
  return bounds;
}

function digestOf(code: string, epoch: string | null, seqs: Reject['seqs'], raw: Buffer): string {
  return createHash('sha256')
    .update(JSON.stringify([code, epoch, seqs]))
    .update(raw)
    .digest('hex');
}
