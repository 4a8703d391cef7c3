import { randomUUID } from 'node:crypto';
import {
  type Clock,
  JostleError,
  type ReconciliationReport,
  type ReconciliationRequest,
} from '@jostle/contracts';
import type { Kysely } from 'kysely';
import { toMs } from '../ledger/instants.ts';
import type { Database } from '../store/database.ts';
import { emptyReconciliation } from './reconciliation.ts';

const DAY_MS = 86_400_000;
/** Reports that are kept, the newest ones. */
const KEPT_MAX = 100;
/** The longest range of one comparison: a number for each of its hours and devices is held in memory. */
const RANGE_MAX_MS = 366 * DAY_MS;

/**
 * Comparisons that were asked for. They are kept in the database, because the ingest that is asked need not be the one
 * that leads and does them.
 */
export class ReconciliationJobs {
  readonly #db: Kysely<Database>;
  readonly #clock: Clock;
  readonly #retentionDays: number;

  constructor(db: Kysely<Database>, clock: Clock, retentionDays: number) {
    this.#db = db;
    this.#clock = clock;
    this.#retentionDays = retentionDays;
  }

  /**
   * Notes a comparison; without a range it is of all that the inbox keeps.
   *
   * @throws JostleError REST_REQUEST_INVALID for a range that ends before it begins or is longer than a year
   */
  async request({ from, to, device, fix }: ReconciliationRequest): Promise<ReconciliationReport> {
    const now = this.#clock.wallMs();
    const end = to === undefined ? now : toMs(to);
    const start = from === undefined ? Math.min(now, end) - this.#retentionDays * DAY_MS : toMs(from);
    if (start >= end || end - start > RANGE_MAX_MS)
      throw new JostleError('REST_REQUEST_INVALID', '"from" must lie before "to", by at most 366 days');
    const report = emptyReconciliation(randomUUID(), {
      from: start,
      to: end,
      device: device ?? null,
      isFixing: fix,
    });
    await this.#db
      .insertInto('reconciliation')
      .values({ id: report.id, requested_at: now, report: JSON.stringify(report), ended_at: null })
      .execute();
    await this.#forget();
    return report;
  }

  async report(id: string): Promise<ReconciliationReport | undefined> {
    const row = await this.#db
      .selectFrom('reconciliation')
      .select('report')
      .where('id', '=', id)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.report) as ReconciliationReport);
  }

  /** The oldest one that is not ended, also where another leader died over it. */
  async next(): Promise<ReconciliationReport | undefined> {
    const row = await this.#db
      .selectFrom('reconciliation')
      .select('report')
      .where('ended_at', 'is', null)
      .orderBy('requested_at')
      .limit(1)
      .executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.report) as ReconciliationReport);
  }

  async save(report: ReconciliationReport): Promise<void> {
    const isEnded = report.state === 'done' || report.state === 'failed';
    await this.#db
      .updateTable('reconciliation')
      .set({ report: JSON.stringify(report), ended_at: isEnded ? this.#clock.wallMs() : null })
      .where('id', '=', report.id)
      .execute();
  }

  async #forget(): Promise<void> {
    const old = this.#db
      .selectFrom('reconciliation')
      .select('id')
      .where('ended_at', 'is not', null)
      .orderBy('requested_at', 'desc')
      .offset(KEPT_MAX)
      .limit(KEPT_MAX);
    await this.#db.deleteFrom('reconciliation').where('id', 'in', old).execute();
  }
}
