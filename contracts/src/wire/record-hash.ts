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

/** The text of JSON.stringify over the content with sorted keys, made in one go: most bodies are flat and small. */
function contentOf({ kind, measuredAt, monotonicMs, clockQuality, bootId, body }: DeviceRecord): string {
  const time = `${textOf(measuredAt)},${textOf(monotonicMs)},${textOf(clockQuality)}`;
  return `[${textOf(kind)},${time},${textOf(bootId)},${textOf(body)}]`;
}

function textOf(value: unknown): string {
  if (typeof value === 'number') return Number.isFinite(value) ? `${value}` : 'null';
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(textOf).join(',')}]`;
  const of = value as Record<string, unknown>;
  let text = '';
  for (const key of inOrder(Object.keys(of)))
    if (of[key] !== undefined) text += `${text === '' ? '' : ','}${JSON.stringify(key)}:${textOf(of[key])}`;
  return `{${text}}`;
}

/** Sorts a few keys in place; the sort of the language costs more than that for so few. */
function inOrder(keys: string[]): string[] {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i] ?? '';
    let at = i;
    for (; at > 0 && (keys[at - 1] ?? '') > key; at--) keys[at] = keys[at - 1] ?? '';
    keys[at] = key;
  }
  return keys;
}
