import type { DeviceRecord, SeqRanges } from '@jostle/contracts';
import { headIn, headText } from './chain-head.ts';
import { type OutboxSummary, summaryOf } from './outbox-summary.ts';
import { type ChainedRecord, type NumberedRow, type RecordRow, recordOf, rowOf } from './record-row.ts';
import { MAX_RUN_RECORDS, type RecordRun, runsOf } from './record-runs.ts';
import type { OutboxDatabase } from './sqlite-file.ts';

export interface FoundRuns {
  /** By rising seq. */
  runs: RecordRun[];
  /** The seq of each row on the way that is not what was written. */
  damaged: number[];
}

const NUMBERED =
  'SELECT record.*, coalesce(boot.number, 0) AS boot_number FROM record LEFT JOIN boot USING (boot_id)';
const EVENTS = `${NUMBERED} WHERE is_event = 1 AND seq BETWEEN ? AND ? ORDER BY seq`;
const OLDEST = `${NUMBERED} WHERE seq BETWEEN ? AND ? ORDER BY seq`;
const NEWEST = `${NUMBERED} WHERE seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT ?`;

const COLUMNS =
  '(seq, kind, measured_at, mono, boot_id, clock, body, chain_after, is_event, chain_before) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';

/** The statements of the outbox; what they mean together is the business of the Outbox. */
export class OutboxRows {
  readonly #db: OutboxDatabase;
  readonly #insert;
  readonly #carry;
  readonly #remove;
  readonly #firstSeq;
  readonly #countIn;
  readonly #meta;
  readonly #setMeta;
  readonly #newBoot;
  readonly #bootNumber;

  constructor(db: OutboxDatabase) {
    this.#db = db;
    this.#insert = db.prepare(`INSERT INTO record ${COLUMNS}`);
    this.#carry = db.prepare(`INSERT OR IGNORE INTO record ${COLUMNS}`);
    this.#remove = db.prepare('DELETE FROM record WHERE seq BETWEEN ? AND ?');
    this.#firstSeq = db.prepare('SELECT min(seq) FROM record WHERE seq BETWEEN ? AND ?').pluck();
    this.#countIn = db.prepare('SELECT count(*) FROM record WHERE seq BETWEEN ? AND ?').pluck();
    this.#meta = db.prepare('SELECT value FROM meta WHERE key = ?').pluck();
    this.#setMeta = db.prepare(
      'INSERT INTO meta VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    );
    this.#newBoot = db.prepare('INSERT INTO boot (boot_id) VALUES (?)');
    this.#bootNumber = db.prepare('SELECT number FROM boot WHERE boot_id = ?').pluck();
  }

  transaction<T>(work: () => T): T {
    return this.#db.transaction(work).immediate();
  }

  /** The number of a boot; one that was never seen gets the next. To be called within the transaction that uses it. */
  bootNumber(bootId: string): number {
    const known = this.#bootNumber.get(bootId) as number | undefined;
    return known ?? Number(this.#newBoot.run(bootId).lastInsertRowid);
  }

  /** `chainAfter` of the record that was stored last, also where it has left since. */
  chainHead(): string {
    return headIn(this.#meta.get('head'))?.chain ?? '';
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
    this.#setMeta.run('last_receipt_at', String(receivedAt));
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

  /**
   * To be called within a transaction.
   *
   * @param epoch of the file
   * @param chainBefore chain before the first of them
   * @returns the chain behind the last
   */
  insert(epoch: string, records: readonly DeviceRecord[], chainBefore: string): string {
    let latest = this.lastMeasuredAt() ?? 0;
    let chain = chainBefore;
    for (const record of records) {
      const row = rowOf(record, chain);
      this.#insert.run(...columnsOf(row));
      chain = row.chain_after;
      latest = Math.max(latest, record.measuredAt);
    }
    this.#setMeta.run('last_measured_at', String(latest));
    const last = records.at(-1);
    if (last !== undefined) this.#setMeta.run('head', headText(epoch, last.seq, chain));
    return chain;
  }

  /** @returns how many rows there were */
  remove(ranges: SeqRanges): number {
    return ranges.reduce((sum, [from, to]) => sum + this.#remove.run(from, to).changes, 0);
  }

  /** The sound records by rising seq; while they are gone through, rows at and below them may be changed. */
  *eachSound(): Generator<DeviceRecord> {
    const select = this.#db.prepare(`${NUMBERED} WHERE seq > ? ORDER BY seq LIMIT ?`);
    let above = 0;
    for (;;) {
      const rows = select.all(above, MAX_RUN_RECORDS) as NumberedRow[];
      for (const { record } of soundOf(rows, [])) yield record;
      const last = rows.at(-1);
      if (last === undefined) return;
      above = last.seq;
    }
  }

  /** Gives the file another epoch; to be called within the transaction that renumbers the rows. */
  setEpoch(epoch: string, lastSeq: number, chain: string): void {
    this.#setMeta.run('epoch', epoch);
    this.#setMeta.run('head', headText(epoch, lastSeq, chain));
    this.#db.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'record'").run(lastSeq);
  }

  /** Deletes single rows. */
  removeEach(seqs: readonly number[]): void {
    for (const seq of seqs) this.#remove.run(seq, seq);
  }

  /** The oldest routine records by rising seq. */
  oldestRoutine(limit: number): number[] {
    const select = this.#db.prepare('SELECT seq FROM record WHERE is_event = 0 ORDER BY seq LIMIT ?');
    return select.pluck().all(limit) as number[];
  }

  /** The oldest climate records above a seq, by rising seq. */
  oldestClimate(above: number, limit: number): { seq: number; body: string }[] {
    const select = this.#db.prepare(
      "SELECT seq, body FROM record WHERE seq > ? AND kind = 'climate' ORDER BY seq LIMIT ?",
    );
    return select.all(above, limit) as { seq: number; body: string }[];
  }

  /** Every seq that has a row. */
  heldRanges(): SeqRanges {
    const rows = this.#db
      .prepare(
        `SELECT min(seq), max(seq) FROM (SELECT seq, seq - row_number() OVER (ORDER BY seq) AS run FROM record)
         GROUP BY run ORDER BY 1`,
      )
      .raw()
      .all();
    return rows as [number, number][];
  }

  /** `chainAfter` of the row with the highest seq. */
  chainOfLast(): string | undefined {
    const select = this.#db.prepare('SELECT chain_after FROM record ORDER BY seq DESC LIMIT 1');
    return select.pluck().get() as string | undefined;
  }

  /** Puts a row as it was found; one that is there already stays. */
  carry(row: RecordRow): void {
    this.#carry.run(...columnsOf(row));
  }

  carryBoot(number: number, bootId: string): void {
    this.#db.prepare('INSERT OR IGNORE INTO boot VALUES (?, ?)').run(number, bootId);
  }

  /** Lets the next boot have a higher number than this. */
  raiseBootNumbers(number: number): void {
    const raise = this.#db.prepare("UPDATE sqlite_sequence SET seq = max(seq, ?) WHERE name = 'boot'");
    if (raise.run(number).changes > 0) return;
    this.#db.prepare("INSERT INTO sqlite_sequence VALUES ('boot', ?)").run(number);
  }

  /** Notes the latest `measuredAt` of the rows that were carried. */
  noteLatest(): void {
    const latest = this.#db.prepare('SELECT max(measured_at) FROM record').pluck().get();
    if (latest !== null) this.#setMeta.run('last_measured_at', String(latest));
  }

  /** The oldest events; reads no further than the runs need. */
  events(within: SeqRanges, maxRuns: number): FoundRuns {
    return this.#runs(EVENTS, within, maxRuns);
  }

  /** The oldest records; reads no further than the runs need. */
  oldest(within: SeqRanges, maxRuns: number): FoundRuns {
    return this.#runs(OLDEST, within, maxRuns);
  }

  /** The run that ends a range, as far as one message holds it. */
  newest([from, to]: SeqRanges[number]): FoundRuns {
    const rows = this.#db.prepare(NEWEST).all(from, to, MAX_RUN_RECORDS) as NumberedRow[];
    const damaged: number[] = [];
    return { runs: runsOf(soundOf(rows.reverse(), damaged)).slice(-1), damaged };
  }

  close(): void {
    this.#db.close();
  }

  #timeAt(key: string): number | null {
    const text = this.#meta.get(key);
    return text === undefined ? null : Number(text);
  }

  #runs(sql: string, within: SeqRanges, maxRuns: number): FoundRuns {
    const damaged: number[] = [];
    return { runs: runsOf(soundOf(this.#each(sql, within), damaged), maxRuns), damaged };
  }

  /** One by one; until the last is taken no other statement may run. */
  *#each(sql: string, within: SeqRanges): Generator<NumberedRow> {
    const select = this.#db.prepare(sql);
    for (const [from, to] of within) yield* select.iterate(from, to) as Iterable<NumberedRow>;
  }
}

/** @param damaged the seq of each row that is not what was written is added to it */
function* soundOf(rows: Iterable<NumberedRow>, damaged: number[]): Generator<ChainedRecord> {
  for (const row of rows) {
    const chained = recordOf(row);
    if (chained === undefined) damaged.push(row.seq);
    else yield chained;
  }
}

/** By position, which is faster than by name. */
function columnsOf(row: RecordRow) {
  const { seq, kind, measured_at, mono, boot_id, clock, body, chain_after, is_event, chain_before } = row;
  return [seq, kind, measured_at, mono, boot_id, clock, body, chain_after, is_event, chain_before] as const;
}
