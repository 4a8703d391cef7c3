import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { isJostleError, JostleError } from '@jostle/contracts';
import Type, { Check, type Static } from '@jostle/contracts/typebox';
import { BackupHead, FORMAT, type TableEnd } from '../backup/backup-format.ts';
import type { BackupPart } from '../backup/backup-reader.ts';

const MANIFEST = 'manifest.json';
/** The quickest: the rows repeat themselves so much that the best is hardly smaller. */
const GZIP = { level: 1 };
const OWNER_ONLY = { folder: 0o700, file: 0o600 };

const TableEntry = Type.Object({
  rows: Type.Integer(),
  /** Of the lines in the file, uncompressed. */
  bytes: Type.Integer(),
  /** Of the same: `zcat TABLE.ndjson.gz | sha256sum`. */
  sha256: Type.String(),
});

/** What a folder holds; written last, so that a folder without it is known to be unfinished. */
export const Manifest = Type.Object({
  head: BackupHead,
  /** Keyed by table. */
  tables: Type.Record(Type.String(), TableEntry),
  /** Of the JSON of the two above. */
  sha256: Type.String(),
});
export type Manifest = Static<typeof Manifest>;

/** How far something is: a table, and rows of it. */
export type Progress = (table: string, rows: number) => void;

/**
 * Makes a folder that only its owner may read, or takes an empty one.
 *
 * @throws JostleError BACKUP_FOLDER_UNUSABLE
 */
export async function claimFolder(folder: string): Promise<void> {
  await usable(folder, () => mkdir(folder, { recursive: true, mode: OWNER_ONLY.folder }));
  const held = await usable(folder, () => readdir(folder));
  if (held.length > 0)
    throw new JostleError('BACKUP_FOLDER_UNUSABLE', `${folder} is not empty; it has ${held[0]}`);
}

/**
 * Writes a backup into a folder that was claimed, and lets go of what it comes from.
 *
 * @throws JostleError BACKUP_FOLDER_UNUSABLE; what the parts throw
 */
export async function writeFolder(
  folder: string,
  parts: AsyncGenerator<BackupPart, void>,
  progress: Progress,
): Promise<Manifest> {
  try {
    const first = await parts.next();
    if (first.done || first.value.kind !== 'head')
      throw new JostleError('BACKUP_DAMAGED', 'The backup does not begin with its head');
    const { head } = first.value;
    const tables: Manifest['tables'] = {};
    for (const { name } of head.tables) {
      const shown = (rows: number) => progress(name, rows);
      const { rows, bytes, sha256 } = await writeTable(fileOf(folder, name), parts, shown);
      tables[name] = { rows, bytes, sha256 };
    }
    // The reader has its say about what follows the last table.
    await parts.next();
    const manifest = { head, tables, sha256: checksumOf({ head, tables }) };
    await usable(folder, () => writeManifest(folder, manifest));
    return manifest;
  } finally {
    await parts.return();
  }
}

async function writeTable(
  file: string,
  parts: AsyncIterator<BackupPart>,
  progress: (rows: number) => void,
): Promise<TableEnd> {
  let end: TableEnd | undefined;
  let rows = 0;
  const texts = async function* () {
    for (let step = await parts.next(); !step.done; step = await parts.next()) {
      if (step.value.kind === 'end') {
        end = step.value.end;
        return;
      }
      if (step.value.kind !== 'rows') continue;
      yield step.value.text;
      rows += step.value.lines.length;
      progress(rows);
    }
  };
  const sink = createWriteStream(file, { flags: 'wx', mode: OWNER_ONLY.file, flush: true });
  await usable(file, () => pipeline(texts, createGzip(GZIP), sink));
  if (end === undefined) throw new JostleError('BACKUP_INCOMPLETE', `The backup ends before ${file}`);
  return end;
}

async function writeManifest(folder: string, manifest: Manifest): Promise<void> {
  const unfinished = join(folder, `${MANIFEST}.unfinished`);
  const file = await open(unfinished, 'wx', OWNER_ONLY.file);
  try {
    await file.writeFile(`${JSON.stringify(manifest, null, 2)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, join(folder, MANIFEST));
  const directory = await open(folder, 'r');
  await directory.sync().finally(() => directory.close());
}

/** @throws JostleError BACKUP_INCOMPLETE, BACKUP_DAMAGED, BACKUP_VERSION_DIFFERS, BACKUP_FOLDER_UNUSABLE */
export async function readManifest(folder: string): Promise<Manifest> {
  const names = await usable(folder, () => readdir(folder));
  if (!names.includes(MANIFEST))
    throw new JostleError('BACKUP_INCOMPLETE', `${folder} has no ${MANIFEST}: it is not a whole backup`);
  const text = await usable(folder, () => readFile(join(folder, MANIFEST), 'utf8'));
  let manifest: unknown;
  try {
    manifest = JSON.parse(text);
  } catch {
    manifest = undefined;
  }
  const format = (manifest as { head?: { format?: unknown } } | undefined)?.head?.format;
  if (typeof format === 'number' && format > FORMAT)
    throw new JostleError('BACKUP_VERSION_DIFFERS', `${folder} has format ${format}; this reads ${FORMAT}`);
  if (!Check(Manifest, manifest) || manifest.sha256 !== checksumOf(manifest))
    throw new JostleError('BACKUP_DAMAGED', `${join(folder, MANIFEST)} is damaged`);
  return manifest;
}

/**
 * The backup as it travels. Every table is compared with the manifest when its last row has gone out.
 *
 * @throws JostleError BACKUP_DAMAGED, BACKUP_INCOMPLETE, BACKUP_FOLDER_UNUSABLE
 */
export async function* folderBytes(
  folder: string,
  { head, tables }: Manifest,
  progress: Progress,
): AsyncGenerator<Uint8Array, void> {
  yield Buffer.from(`${JSON.stringify({ backup: head })}\n`);
  for (const { name } of head.tables) {
    const entry = tables[name];
    const hash = createHash('sha256');
    let rows = 0;
    let bytes = 0;
    for await (const piece of contentOf(folder, name)) {
      hash.update(piece);
      bytes += piece.length;
      rows += newlinesIn(piece);
      yield piece;
      progress(name, rows);
    }
    const sha256 = hash.digest('hex');
    if (entry?.rows !== rows || entry.bytes !== bytes || entry.sha256 !== sha256)
      throw new JostleError('BACKUP_DAMAGED', `${fileOf(folder, name)} is not what the manifest says`);
    yield Buffer.from(`${JSON.stringify({ end: { table: name, rows, bytes, sha256 } })}\n`);
  }
}

async function* contentOf(folder: string, table: string): AsyncGenerator<Buffer, void> {
  const file = fileOf(folder, table);
  const content = createReadStream(file);
  const unzipped = content.pipe(createGunzip());
  content.on('error', (error) => unzipped.destroy(error));
  try {
    for await (const piece of unzipped) yield piece as Buffer;
  } catch (error) {
    const code = (error as { code?: string }).code ?? '';
    if (code === 'ENOENT') throw new JostleError('BACKUP_INCOMPLETE', `${file} is missing`, { cause: error });
    if (code.startsWith('Z_'))
      throw new JostleError('BACKUP_DAMAGED', `${file} cannot be unpacked`, { cause: error });
    throw unusable(file, error);
  } finally {
    content.destroy();
  }
}

function newlinesIn(piece: Buffer): number {
  let count = 0;
  for (let at = piece.indexOf(0x0a); at >= 0; at = piece.indexOf(0x0a, at + 1)) count += 1;
  return count;
}

function fileOf(folder: string, table: string): string {
  return join(folder, `${table}.ndjson.gz`);
}

function checksumOf({ head, tables }: Pick<Manifest, 'head' | 'tables'>): string {
  return createHash('sha256').update(JSON.stringify({ head, tables })).digest('hex');
}

async function usable<T>(path: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw unusable(path, error);
  }
}

/** Errors of the file system as ours; others as they are. */
function unusable(path: string, error: unknown): unknown {
  const { syscall, message } = error as { syscall?: string; message: string };
  if (isJostleError(error) || syscall === undefined || !/^(open|write|mk|scan|read|f|rename)/.test(syscall))
    return error;
  return new JostleError('BACKUP_FOLDER_UNUSABLE', `${path} cannot be used: ${message}`, { cause: error });
}
