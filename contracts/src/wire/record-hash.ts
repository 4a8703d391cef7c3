import { hash } from 'node:crypto';
import type { DeviceRecord } from './records.ts';

/**
 * SHA-256 over the content of a record, in hex: the same identity with another hash is a conflict.
 * Keys are sorted at every depth, so that the hash survives the way over the wire. The boot number follows from the
 * boot id and is left out.
 */
export function recordHash(record: DeviceRecord): string {
  return hash('sha256', contentOf(record));
}

/** Whether two records would have the same hash. */
export function sameContent(a: DeviceRecord, b: DeviceRecord): boolean {
  return contentOf(a) === contentOf(b);
}

function contentOf(record: DeviceRecord): string {
  const { kind, measuredAt, monotonicMs, clockQuality, bootId, body } = record;
  return JSON.stringify([kind, measuredAt, monotonicMs, clockQuality, bootId, sorted(body)]);
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const of = value as Record<string, unknown>;
  const inOrder: [string, unknown][] = [];
  for (const key of Object.keys(of).sort()) {
    if (of[key] !== undefined) inOrder.push([key, sorted(of[key])]);
  }
  return Object.fromEntries(inOrder);
}
