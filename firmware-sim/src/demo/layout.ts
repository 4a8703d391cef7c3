import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../../', import.meta.url);

/** The entry file of a part of the system. */
export function entryOf(part: string): string {
  return fileURLToPath(new URL(part, ROOT));
}

/** Where things lie below the data folder; the folders exist afterwards, readable by the owner only. */
export function layOut(dataDir: string) {
  const folder = (name: string) => {
    const path = join(dataDir, name);
    mkdirSync(path, { recursive: true, mode: 0o700 });
    return path;
  };
  return {
    dataDir: folder('.'),
    ingest: folder('ingest'),
    secrets: folder('secrets'),
    logs: folder('logs'),
    run: folder('run'),
    console: folder('console'),
    demo: folder('demo'),
    device: (id: string) => folder(join('devices', id)),
  };
}
export type Layout = ReturnType<typeof layOut>;
