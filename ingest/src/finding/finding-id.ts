import { createHash } from 'node:crypto';
import { METHOD_VERSION } from '../correlation/assumptions.ts';
import type { ReturnCase } from '../correlation/return-case.ts';

/**
 * The id of the finding that this case gives: SHA-256, in hex, over the case and the version of the method.
 * Neither the order of rows nor that of keys changes it.
 */
export function findingId(given: ReturnCase): string {
  return createHash('sha256')
    .update(`${METHOD_VERSION}\n${canonical(given)}`)
    .digest('hex');
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).sort().join()}]`;
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  const members = Object.entries(value).map(([key, member]) => `${JSON.stringify(key)}:${canonical(member)}`);
  return `{${members.sort().join()}}`;
}
