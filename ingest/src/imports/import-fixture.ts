import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import type { ImportKind, ImportReport } from '@jostle/contracts';
import type { Store } from '../store/store.ts';
import { parseMapping } from './column-mapping.ts';
import { ImportRecord } from './import-record.ts';
import { runImport } from './import-run.ts';

const ROOT = new URL('../../../', import.meta.url);

/** One day of a real shop, 3108 rows. */
export const retailDay = (): Buffer =>
  gunzipSync(readFileSync(new URL('tests/data/retail-returns/2010-12-01.csv.gz', ROOT)));

export const retailMapping = (): string =>
  readFileSync(new URL('docs/examples/retail-mapping.json', ROOT), 'utf8');

/** Imports a file as the service does and gives its report. */
export async function importText(
  { db }: Store,
  kind: ImportKind,
  text: string | Buffer,
  { mapping, isPartial = false }: { mapping?: string | object; isPartial?: boolean } = {},
): Promise<ImportReport> {
  const bytes = Buffer.from(text);
  const record = new ImportRecord('I-1', kind, isPartial, bytes.length);
  const json = typeof mapping === 'object' ? JSON.stringify(mapping) : mapping;
  const parsed = json === undefined ? undefined : parseMapping(json, kind);
  await runImport(db, { kind, bytes, mapping: parsed, isPartial }, record, new AbortController().signal);
  return record.report();
}
