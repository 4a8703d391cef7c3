import { hash } from 'node:crypto';
import type { ClimateBody, DeviceRecord } from './records.ts';

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
  const climate =
    kind === 'climate' && Number.isFinite(measuredAt) && Number.isFinite(monotonicMs)
      ? climateOf(body)
      : undefined;
  return climate === undefined
    ? JSON.stringify([kind, measuredAt, monotonicMs, clockQuality, bootId, sorted(body)])
    : `["climate",${measuredAt},${monotonicMs},${quoted(clockQuality)},${quoted(bootId)},${climate}]`;
}

/** `sorted` as JSON of a reading, which nearly every record is; undefined of one that is not as it should be. */
function climateOf(body: ClimateBody): string | undefined {
  const { ageMs, pressureHpa, relativeHumidityPct, sensor, temperatureC } = body;
  if (typeof sensor !== 'string' || !Number.isFinite(ageMs)) return undefined;
  let keys = 2;
  let text = `{"ageMs":${ageMs}`;
  if (Number.isFinite(pressureHpa)) {
    keys += 1;
    text += `,"pressureHpa":${pressureHpa}`;
  }
  if (Number.isFinite(relativeHumidityPct)) {
    keys += 1;
    text += `,"relativeHumidityPct":${relativeHumidityPct}`;
  }
  text += `,"sensor":${quoted(sensor)}`;
  if (Number.isFinite(temperatureC)) {
    keys += 1;
    text += `,"temperatureC":${temperatureC}`;
  }
  return keys === Object.keys(body).length ? `${text}}` : undefined;
}

/** ASCII without the quote and the backslash: JSON leaves it as it is. */
const PLAIN = /^[ !#-[\]-~]*$/;

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : JSON.stringify(text);
}

/** The same value with the keys of its objects sorted; itself where they are and it is flat. */
function sorted(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) return value.map(sorted);
  const of = value as Record<string, unknown>;
  const keys = Object.keys(of);
  if (isPlain(of, keys)) return of;
  const copy: Record<string, unknown> = {};
  for (const key of inOrder(keys)) copy[key] = sorted(of[key]);
  return copy;
}

function isPlain(of: Record<string, unknown>, keys: readonly string[]): boolean {
  let before = '';
  for (const key of keys) {
    if (key < before || typeof of[key] === 'object') return false;
    before = key;
  }
  return true;
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
