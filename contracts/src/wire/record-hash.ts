import { createHash } from 'node:crypto';
import type { DeviceRecord } from './records.ts';

/**
 * SHA-256 over the content of a record, in hex: the same identity with another hash is a conflict.
 * Keys are sorted at every depth, so that the hash survives the way over the wire. The boot number follows from the
 * boot id and is left out.
 */
export function recordHash(record: DeviceRecord): string {
  const { kind, measuredAt, monotonicMs, clockQuality, bootId, body } = record;
  return createHash('sha256')
    .update(JSON.stringify([kind, measuredAt, monotonicMs, clockQuality, bootId, sorted(body)]))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, v]) => v !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([k, v]) => [k, sorted(v)]),
  );
}
