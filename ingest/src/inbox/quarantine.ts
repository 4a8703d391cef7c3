import { createHash } from 'node:crypto';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Reject } from './submission.ts';

/** What is kept of the raw bytes of one message. */
const RAW_MAX_BYTES = 64 * 1024;

export interface QuarantineOrigin {
  deviceId: string;
  topic: string;
  receivedAt: number;
  epoch: string | null;
}

/**
 * Puts rejects aside with their raw bytes. The same bytes with the same code are kept once per device.
 *
 * @returns how many were new
 */
export async function quarantine(
  trx: Transaction<Database>,
  origin: QuarantineOrigin,
  rejects: readonly Reject[],
): Promise<number> {
  let added = 0;
  for (const { code, reason, raw, seqs } of rejects) {
    const { numInsertedOrUpdatedRows } = await trx
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
    added += Number(numInsertedOrUpdatedRows ?? 0n);
  }
  return added;
}

function digestOf(code: string, epoch: string | null, seqs: Reject['seqs'], raw: Buffer): string {
  return createHash('sha256')
    .update(JSON.stringify([code, epoch, seqs]))
    .update(raw)
    .digest('hex');
}
