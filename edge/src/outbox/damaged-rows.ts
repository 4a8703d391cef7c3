import { type RecordRow, recordOf } from './record-row.ts';
import { openSqlitePages, type PageRow, type SqlitePages, type SqlValue } from './sqlite-pages.ts';

/** Version 4 and its like, as `randomUUID` and the kernel make them. */
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

export interface Boot {
  number: number;
  bootId: string;
}

/** What a first look into a damaged file shows. */
export interface DamagedSurvey {
  boots: Boot[];
  /** Indexes of the pages that seem to hold records, by the falling highest seq of each. */
  newestFirst: number[];
}

/**
 * The rows of a damaged file. Every record proves itself by its chain, so that all pages are looked at, also those that
 * nothing leads to any more; a record that was deleted may so come back, and one may come several times.
 */
export class DamagedRows {
  readonly #pages: SqlitePages;

  constructor(path: string) {
    this.#pages = openSqlitePages(path);
  }

  /** Reads every page once and remembers no record, so that it needs little memory for a large file. */
  survey(): DamagedSurvey {
    // By number: each is in several versions of its page.
    const boots = new Map<number, Boot>();
    const found: { index: number; highest: number }[] = [];
    for (let index = 0; index < this.#pages.count; index++) {
      let highest = 0;
      for (const row of this.#pages.rowsAt(index)) {
        const boot = bootIn(row);
        if (boot !== undefined && !boots.has(boot.number)) boots.set(boot.number, boot);
        highest = Math.max(highest, recordRowIn(row)?.seq ?? 0);
      }
      if (highest > 0) found.push({ index, highest });
    }
    found.sort((a, b) => b.highest - a.highest);
    return { boots: [...boots.values()], newestFirst: found.map(({ index }) => index) };
  }

  /** The sound rows of these pages, each read backwards: those of events, or those of routine records. */
  *soundRows(pages: readonly number[], which: 'events' | 'routine'): Generator<RecordRow> {
    const flag = which === 'events' ? 1 : 0;
    for (const index of pages)
      for (const found of [...this.#pages.rowsAt(index)].reverse()) {
        const row = recordRowIn(found);
        if (row?.is_event === flag && recordOf({ ...row, boot_number: 0 }) !== undefined) yield row;
      }
  }

  close(): void {
    this.#pages.close();
  }
}

/** The columns of the table, in its order; SQLite keeps the seq beside them. */
function recordRowIn({ rowid, values }: PageRow): RecordRow | undefined {
  const [seq, kind, measuredAt, mono, bootId, clock, body, chainAfter, isEvent, chainBefore] = values;
  if (values.length !== 10 || seq !== null || rowid < 1) return undefined;
  const texts = [kind, bootId, clock, body, chainAfter, chainBefore];
  if (!texts.every(isText) || ![measuredAt, mono, isEvent].every(Number.isSafeInteger)) return undefined;
  return {
    seq: rowid,
    kind,
    measured_at: measuredAt,
    mono,
    boot_id: bootId,
    clock,
    body,
    chain_after: chainAfter,
    is_event: isEvent,
    chain_before: chainBefore,
  } as RecordRow;
}

function bootIn({ rowid, values }: PageRow): Boot | undefined {
  const [number, bootId] = values;
  const isBoot = values.length === 2 && number === null && isText(bootId) && UUID.test(bootId);
  return isBoot ? { number: rowid, bootId } : undefined;
}

function isText(value: SqlValue | undefined): value is string {
  return typeof value === 'string';
}
