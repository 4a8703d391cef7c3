import { chainAfter, chainStart, type DeviceRecord, recordHash } from '@jostle/contracts';
import { headText } from './chain-head.ts';
import type { OutboxDatabase } from './sqlite-file.ts';

/** Rows that are read at once while their chain is computed. */
const CHUNK = 1_000;

type OldRow = {
  seq: number;
  kind: string;
  measured_at: number;
  mono: number;
  boot_id: string;
  clock: string;
  body: string;
  hash: string;
};

/**
 * Gives a file of version 0 the chain: its rows had the hash of their content only. A row that is not what was written
 * stays so that it is found when it is read. To be called within a transaction.
 */
export function upgrade(db: OutboxDatabase): void {
  db.exec(`ALTER TABLE record RENAME COLUMN hash TO chain_after;
    ALTER TABLE record ADD COLUMN chain_before TEXT NOT NULL DEFAULT '';
    CREATE TABLE IF NOT EXISTS boot (number INTEGER PRIMARY KEY AUTOINCREMENT, boot_id TEXT NOT NULL UNIQUE);`);
  const epoch = db.prepare("SELECT value FROM meta WHERE key = 'epoch'").pluck().get() as string;
  let chain = chainStart(epoch);
  const select = db.prepare(
    `SELECT seq, kind, measured_at, mono, boot_id, clock, body, chain_after AS hash
     FROM record WHERE seq > ? ORDER BY seq LIMIT ${CHUNK}`,
  );
  const update = db.prepare('UPDATE record SET chain_before = ?, chain_after = ? WHERE seq = ?');
  let last = 0;
  for (;;) {
    const rows = select.all(last) as OldRow[];
    for (const row of rows) {
      const record = soundRecord(row);
      if (record === undefined) continue;
      const after = chainAfter(chain, record);
      update.run(chain, after, row.seq);
      chain = after;
    }
    if (rows.length < CHUNK) break;
    last = rows.at(-1)?.seq ?? last;
  }
  const lastSeq = db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'record'").pluck().get();
  const head = headText(epoch, (lastSeq as number | undefined) ?? 0, chain);
  db.prepare("INSERT INTO meta VALUES ('head', ?)").run(head);
}

function soundRecord(row: OldRow): DeviceRecord | undefined {
  try {
    const record = {
      seq: row.seq,
      kind: row.kind,
      measuredAt: row.measured_at,
      monotonicMs: row.mono,
      clockQuality: row.clock,
      bootId: row.boot_id,
      body: JSON.parse(row.body),
    } as DeviceRecord;
    return recordHash(record) === row.hash ? record : undefined;
  } catch {
    return undefined;
  }
}
