import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Store } from '../store/store.ts';
import { lockInbox } from '../store/writer-lock.ts';
import { type CommitReport, emptyReport } from './commit-report.ts';
import { commitEpoch, type EpochGroup } from './epoch-commit.ts';
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

  constructor(store: Store) {
    this.#store = store;
  }

  /** @throws where the store cannot commit: then nothing of the batch is stored and it may be given again */
  commit(batch: readonly Submission[]): Promise<CommitReport> {
    const { db, engine } = this.#store;
    return db.transaction().execute(async (trx) => {
      await lockInbox(trx, engine);
      const report = emptyReport();
      const quarantine = new Quarantine(trx);
      const registered = await registeredAmong(trx, new Set(batch.map((submission) => submission.deviceId)));
      const known = batch.filter((submission) => registered.has(submission.deviceId));
      const unknown = batch.filter((submission) => !registered.has(submission.deviceId));
      report.unregistered = unknown.length;
      report.quarantined += await keepUnregistered(trx, quarantine, unknown);
      for (const group of groupByEpoch(known)) await commitEpoch(trx, quarantine, group, report);
      for (const submission of known)
        if (submission.kind === 'unreadable' && submission.epoch === null) {
          const { added, overflow } = await quarantine.add(submission, [submission.reject]);
          report.quarantined += added;
          report.overflow += overflow;
        }
      await writePresence(trx, known);
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
      await lockInbox(trx, engine);
      const report = emptyReport();
      const { deviceId, epoch, topic, receivedAt } = run;
      const group = { deviceId, epoch, topic, receivedAt, messages: [run], isReplay: true };
      await commitEpoch(trx, new Quarantine(trx), group, report);
      if (report.conflicts === 0) await trx.deleteFrom('quarantine').where('id', '=', row).execute();
      return report;
    });
  }

  /** Marks every device as not heard of: after a start nobody knows who left meanwhile. */
  async forgetPresence(): Promise<void> {
    await this.#store.db.updateTable('device_state').set({ is_online: 0 }).execute();
  }
}

function groupByEpoch(submissions: readonly Submission[]): EpochGroup[] {
  // Keyed by device and epoch.
  const groups = new Map<string, EpochGroup>();
  for (const submission of submissions) {
    if (submission.kind === 'presence' || submission.epoch === null) continue;
    const { deviceId, epoch, topic, receivedAt } = submission;
    const key = `${deviceId}/${epoch}`;
    const group = groups.get(key) ?? { deviceId, epoch, topic, receivedAt, messages: [] };
    groups.set(key, group);
    group.messages.push(submission);
  }
  return [...groups.values()];
}

/** A device is there when the last that came from it was anything but its parting. */
async function writePresence(trx: Transaction<Database>, submissions: readonly Submission[]): Promise<void> {
  // Keyed by device; the last submission of each wins.
  const presence = new Map<string, boolean>();
  for (const submission of submissions)
    presence.set(submission.deviceId, submission.kind === 'presence' ? submission.isOnline : true);
  for (const [device_id, isOnline] of presence) {
    const is_online = isOnline ? 1 : 0;
    await trx
      .insertInto('device_state')
      .values({
        device_id,
        epoch: null,
        min_seq: 0,
        max_seq: 0,
        last_seq: 0,
        last_measured_at: null,
        last_received_at: null,
        is_online,
      })
      .onConflict((conflict) => conflict.column('device_id').doUpdateSet({ is_online }))
      .execute();
  }
}
