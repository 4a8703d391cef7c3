import type { Engine } from '../store/engine.ts';
import type { Snapshot } from '../store/snapshot.ts';
import { type BackupHead, FORMAT, rowLine } from './backup-format.ts';
import { catalogOf, schemaOf, withCounters } from './table-catalog.ts';
import { TableTally } from './table-tally.ts';

/** A snapshot as the lines of a backup, in pieces; the snapshot is closed at the end, however that comes. */
export async function* backupText(
  snapshot: Snapshot,
  engine: Engine,
  createdAt: string,
): AsyncGenerator<string, void> {
  try {
    const tables = await catalogOf(snapshot.db, engine);
    const head: BackupHead = {
      format: FORMAT,
      schema: await schemaOf(snapshot.db),
      engine,
      createdAt,
      tables: await withCounters(snapshot.db, engine, tables),
    };
    yield `${JSON.stringify({ backup: head })}\n`;
    for (const { name, columns } of tables) {
      const tally = new TableTally(name);
      for await (const rows of snapshot.rows(name, columns))
        yield tally.add(rows.map((row) => rowLine(columns, row)));
      yield `${JSON.stringify({ end: tally.end() })}\n`;
    }
  } finally {
    await snapshot.close();
  }
}
