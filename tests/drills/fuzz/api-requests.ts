import type { SeededRandom } from '../support/seeded-random.ts';
import { mutatedJson } from './json-mutation.ts';
import { mutated } from './mutation.ts';

/** What is used of a JSON Schema to make up values that fit it more or less. */
export interface Schema {
  type?: string | readonly string[];
  properties?: Record<string, Schema>;
  required?: readonly string[];
  items?: Schema;
  anyOf?: readonly Schema[];
  enum?: readonly unknown[];
  const?: unknown;
  format?: string;
  minimum?: number;
}

export interface Operation {
  method: string;
  path: string;
  parameters: readonly { name: string; in: string; schema?: Schema }[];
  body: Schema | undefined;
}

export interface ApiRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Buffer | undefined;
}

/** Texts for a path or a query: ids that are there, ids that are not, times, and what no router expects. */
const TEXTS = [
  'GOOD-1',
  '1',
  '0',
  '-1',
  '9'.repeat(30),
  '2026-03-01T00:00:00Z',
  '2026-13-41T99:00:00Z',
  'climate',
  'orders',
  '',
  '.',
  '..%2f..%2fetc',
  '%00',
  '%ff',
  '%',
  '%F0%9F%93%A6',
  "' OR 1=1 --",
  '__proto__',
  'x'.repeat(3000),
] as const;

const CONTENT_TYPES = [
  'application/json',
  'application/json',
  'application/json',
  'text/csv',
  'multipart/form-data',
  '',
] as const;

/** A request to an operation with something wrong in it, most of the time. */
export function fuzzRequest(operation: Operation, random: SeededRandom): ApiRequest {
  const { method, parameters, body } = operation;
  const path = operation.path.replaceAll(/\{\w+\}/g, () => safe(random.pick(TEXTS)));
  const query = parameters
    .filter((parameter) => parameter.in === 'query' && random.chance(0.6))
    .map(({ name, schema }) => `${name}=${queryValue(schema, random)}`)
    .join('&');
  const type = random.pick(CONTENT_TYPES);
  const content = body === undefined && random.chance(0.8) ? undefined : contentOf(body ?? {}, type, random);
  return {
    method: random.chance(0.03) ? random.pick(['PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) : method,
    path: `${path}?${query}`,
    headers: type === '' || content === undefined ? {} : { 'content-type': typeWithBoundary(type, random) },
    body: content,
  };
}

function queryValue(schema: Schema | undefined, random: SeededRandom): string {
  return random.chance(0.5)
    ? safe(random.pick(TEXTS))
    : encodeURIComponent(String(sampleOf(schema ?? {}, random)).slice(0, 100));
}

/** HTTP itself allows no blanks in a request line; everything else stays as it is. */
function safe(text: string): string {
  return text.replaceAll(' ', '%20');
}

function typeWithBoundary(type: string, random: SeededRandom): string {
  return type === 'multipart/form-data' && random.chance(0.8) ? `${type}; boundary=b` : type;
}

function contentOf(schema: Schema, type: string, random: SeededRandom): Buffer {
  const value = sampleOf(schema, random);
  const json = Buffer.from(JSON.stringify(random.chance(0.7) ? mutatedJson(value, random) : value) ?? '');
  if (type === 'multipart/form-data') {
    const head = '--b\r\ncontent-disposition: form-data; name="file"; filename="f.csv"\r\n\r\n';
    return mutated(Buffer.from(`${head}id,name,sku\r\n1,"x",\r\n${json.toString()}\r\n--b--\r\n`), random);
  }
  return random.chance(0.2) ? mutated(json, random) : json;
}

/** A value that fits a schema in its outline. */
function sampleOf(schema: Schema, random: SeededRandom): unknown {
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return random.pick(schema.enum);
  if (schema.anyOf !== undefined && schema.anyOf.length > 0)
    return sampleOf(random.pick(schema.anyOf), random);
  const type = typeof schema.type === 'string' ? schema.type : schema.type?.[0];
  if (type === 'object') {
    const wanted = Object.entries(schema.properties ?? {}).filter(
      ([name]) => schema.required?.includes(name) || random.chance(0.5),
    );
    return Object.fromEntries(wanted.map(([name, inner]) => [name, sampleOf(inner, random)]));
  }
  if (type === 'array')
    return Array.from({ length: random.below(3) }, () => sampleOf(schema.items ?? {}, random));
  if (type === 'integer' || type === 'number') return (schema.minimum ?? 0) + random.below(100);
  if (type === 'boolean') return random.chance(0.5);
  if (type === 'null') return null;
  if (schema.format === 'date-time') return new Date(random.below(2 ** 31) * 1000).toISOString();
  return random.pick(['GOOD-1', 'DE', '1', 'A-1', '106141412345678908']);
}
