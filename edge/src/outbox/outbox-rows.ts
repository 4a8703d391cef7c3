import type { DeviceRecord, SeqRanges } from '@jostle/contracts';
import { type OutboxSummary, summaryOf } from './outbox-summary.ts';
import { type NumberedRow, recordOf, rowOf } from './record-row.ts';
import type { OutboxDatabase } from './sqlite-file.ts';

export interface FoundRecords {
  /** By rising seq. */
  records: DeviceRecord[];
  /** The seq of each row that is not what was written. */
  damaged: number[];
}

const NUMBERED =
  'SELECT record.*, coalesce(boot.number, 0) AS boot_number FROM record LEFT JOIN boot USING (boot_id)';
const EVENTS = `${NUMBERED} WHERE is_event = 1 AND seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`;
const OLDEST = `${NUMBERED} WHERE seq BETWEEN ? AND ? ORDER BY seq LIMIT ?`;
const NEWEST = `${NUMBERED} WHERE seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`;

/** The statements of the outbox; what they mean together is the business of the Outbox. */
export class OutboxRows {
  readonly #db: OutboxDatabase;
  readonly #insert;
  readonly #remove;
  readonly #firstSeq;
  readonly #countIn;
  readonly #time;
  readonly #setTime;
  readonly #newBoot;
  readonly #bootNumber;

  constructor(db: OutboxDatabase) {
    this.#db = db;
    this.#insert = db.prepare(
      `INSERT INTO record (seq, kind, measured_at, mono, boot_id, clock, body, hash, is_event)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#remove = db.prepare('DELETE FROM record WHERE seq BETWEEN ? AND ?');
    this.#firstSeq = db.prepare('SELECT min(seq) FROM record WHERE seq BETWEEN ? AND ?').pluck();
    this.#countIn = db.prepare('SELECT count(*) FROM record WHERE seq BETWEEN ? AND ?').pluck();
    this.#time = db.prepare('SELECT value FROM meta WHERE key = ?').pluck();
    this.#setTime = db.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#newBoot = db.prepare('INSERT INTO boot (boot_id) VALUES (?)');
    this.#bootNumber = db.prepare('SELECT number FROM boot WHERE boot_id = ?').pluck();
  }

  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }

  epoch(): string {
    return this.#db.prepare("SELECT value FROM meta WHERE key = 'epoch'").pluck().get() as string;
  }

  /** The number of a boot; one that was never seen gets the next. To be called within the transaction that uses it. */
  bootNumber(bootId: string): number {
    const known = this.#bootNumber.get(bootId) as number | undefined;
    return known ?? Number(this.#newBoot.run(bootId).lastInsertRowid);
  }

  /** The highest seq that was ever given; SQLite keeps it beyond the deletion of its row. */
  lastSeq(): number {
    const seq = this.#db.prepare("SELECT seq FROM sqlite_sequence WHERE name = 'record'").pluck().get();
    return (seq as number | undefined) ?? 0;
  }

  /** The lowest seq of a row in a range. */
  firstSeq(from: number, to: number): number | undefined {
    return (this.#firstSeq.get(from, to) as number | null) ?? undefined;
  }

  countIn(ranges: SeqRanges): number {
    return ranges.reduce((sum, [from, to]) => sum + (this.#countIn.get(from, to) as number), 0);
  }

  newestRoutine(): number | undefined {
    const select = this.#db.prepare('SELECT seq FROM record WHERE is_event = 0 ORDER BY seq DESC LIMIT 1');
    return select.pluck().get() as number | undefined;
  }

  holds(seq: number): boolean {
    return this.#db.prepare('SELECT 1 FROM record WHERE seq = ?').get(seq) !== undefined;
  }

  count(): number {
    return this.#db.prepare('SELECT count(*) FROM record').pluck().get() as number;
  }

  lastMeasuredAt(): number | null {
    return this.#timeAt('last_measured_at');
  }

  /** When a receipt was last noted, ms since the epoch. */
  lastReceiptAt(): number | null {
    return this.#timeAt('last_receipt_at');
  }

  noteReceipt(receivedAt: number): void {
    this.#setTime.run('last_receipt_at', String(receivedAt));
  }

  measuredAt(seq: number): number | null {
    const at = this.#db.prepare('SELECT measured_at FROM record WHERE seq = ?').pluck().get(seq);
    return (at as number | undefined) ?? null;
  }

  get isOpen(): boolean {
    return this.#db.open;
  }

  summary(): OutboxSummary {
    return summaryOf(this.#db);
  }

  insert(records: readonly DeviceRecord[]): void {
    let latest = this.lastMeasuredAt() ?? 0;
    for (const record of records) {
      const { seq, kind, measured_at, mono, boot_id, clock, body, hash, is_event } = rowOf(record);
      // By position, which is faster than by name.
      this.#insert.run(seq, kind, measured_at, mono, boot_id, clock, body, hash, is_event);
      latest = Math.max(latest, record.measuredAt);
    }
    this.#setTime.run('last_measured_at', String(latest));
  }

  /** @returns how many rows there were */
  remove(ranges: SeqRanges): number {
    return ranges.reduce((sum, [from, to]) => sum + this.#remove.run(from, to).changes, 0);
  }

  /** Deletes the oldest routine records. @returns the ranges that are gone */
  dropRoutine(count: number): SeqRanges {
    const seqs = this.#db
      .prepare('SELECT seq FROM record WHERE is_event = 0 ORDER BY seq LIMIT ?')
      .pluck()
      .all(count) as number[];
    const ranges: [number, number][] = [];
    for (const seq of seqs) {
      const last = ranges.at(-1);
      if (last !== undefined && last[1] + 1 === seq) last[1] = seq;
      else ranges.push([seq, seq]);
    }
    this.remove(ranges);
    return ranges;
  }

  events(within: SeqRanges, limit: number): FoundRecords {
    return this.#find(EVENTS, within, limit);
  }

  oldest(within: SeqRanges, limit: number): FoundRecords {
    return this.#find(OLDEST, within, limit);
  }

  newest(within: SeqRanges[number], limit: number): FoundRecords {
    return this.#find(NEWEST, [within], limit);
  }

  close(): void {
    this.#db.close();
  }

  #timeAt(key: string): number | null {
    const text = this.#time.get(key);
    return text === undefined ? null : Number(text);
  }

  #find(sql: string, ranges: SeqRanges, limit: number): FoundRecords {
    const select = this.#db.prepare(sql);
    const rows: NumberedRow[] = [];
    for (const [from, to] of ranges) {
      if (rows.length >= limit) break;
      rows.push(...(select.all(from, to, limit - rows.length) as NumberedRow[]));
    }
    rows.sort((a, b) => a.seq - b.seq);
    const found: FoundRecords = { records: [], damaged: [] };
    for (const row of rows) {
      const record = recordOf(row);
      if (record === undefined) found.damaged.push(row.seq);
      else found.records.push(record);
    }
    return found;
  }
}
