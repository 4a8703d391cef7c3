import { hash } from 'node:crypto';
import { recordHash } from './record-hash.ts';
import type { DeviceRecord } from './records.ts';

/** What stands before the first record of an epoch. */
export function chainStart(epoch: string): string {
  return hash('sha256', epoch, 'base64url');
}

/**
 * The chain of an outbox: each record is bound to all that were stored before it, so that none can be changed, left out
 * or moved unseen once a later one has been delivered. It does not say that a sensor told the truth, nor what was cut
 * off behind the last record that anyone else has seen.
 *
 * @param before chain of the record that was stored before this one, or `chainStart`
 * @returns 43 characters of base64url: SHA-256 over `before`, the seq and the hash of the record
 */
export function chainAfter(before: string, record: DeviceRecord): string {
  return hash('sha256', `${before} ${record.seq} ${recordHash(record)}`, 'base64url');
}
