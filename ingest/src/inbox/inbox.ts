import type { Store } from '../store/store.ts';
import { LOCK_LIMITS, type LockLimits, lockInbox } from '../store/writer-lock.ts';
import { commitGroups } from './batch-commit.ts';
import { type CommitReport, emptyReport } from './commit-report.ts';
import { groupByEpoch } from './epoch-group.ts';
import { Quarantine } from './quarantine.ts';
import type { Submission } from './submission.ts';
import { keepUnregistered, registeredAmong } from './unregistered.ts';

/**
 * Where everything that arrives is kept first. A batch is one transaction: records that are new, what is derived
 * from them, what is quarantined, and which sequence numbers are settled. Any order, repetition and cut of the
 * same records leads to the same rows.
 */
export class Inbox {
  readonly #store: Store;
  readonly #limits: LockLimits;

  /** @param limits tests give shorter ones */
  constructor(store: Store, limits = LOCK_LIMITS) {
    this.#store = store;
    this.#limits = limits;
  }

  /** @throws where the store cannot commit: then nothing of the batch is stored and it may be given again */
  commit(batch: readonly Submission[]): Promise<CommitReport> {
    const { db, engine } = this.#store;
    return db.transaction().execute(async (trx) => {
      await lockInbox(trx, engine, this.#limits);
      const report = emptyReport();
      const quarantine = new Quarantine(trx);
      const registered = await registeredAmong(trx, engine, new Set(batch.map(({ deviceId }) => deviceId)));
      const known = batch.filter((submission) => registered.has(submission.deviceId));
      const unknown = batch.filter((submission) => !registered.has(submission.deviceId));
      report.unregistered = unknown.length;
      report.quarantined += await keepUnregistered(trx, quarantine, unknown);
      await commitGroups({ trx, engine, quarantine, report }, groupByEpoch(known), known);
      for (const submission of known)
        if (submission.kind === 'unreadable' && submission.epoch === null) {
          const { added, overflow } = await quarantine.add(submission, [submission.reject]);
          report.quarantined += added;
          report.overflow += overflow.length;
        }
      return report;
    });
  }

  /**
   * Takes a run out of the quarantine into the inbox. The row goes when all of its records are stored, by this or
   * before it; otherwise nothing changes.
   *
   * @param row id of the row in the quarantine
   */
  replay(run: Extract<Submission, { kind: 'run' }>, row: number): Promise<CommitReport> {
    const { db, engine } = this.#store;
    return db.transaction().execute(async (trx) => {
      await lockInbox(trx, engine, this.#limits);
      const report = emptyReport();
      const { deviceId, epoch, topic, receivedAt } = run;
      const group = { deviceId, epoch, topic, receivedAt, messages: [run], isReplay: true };
      await commitGroups({ trx, engine, quarantine: new Quarantine(trx), report }, [group], []);
      if (report.conflicts === 0) await trx.deleteFrom('quarantine').where('id', '=', row).execute();
      return report;
    });
  }

  /** Marks every device as not heard of: after a start nobody knows who left meanwhile. */
  async forgetPresence(): Promise<void> {
    await this.#store.db.updateTable('device_state').set({ is_online: 0 }).execute();
  }
}
