import { type CommitReport, mergeReports } from '../inbox/commit-report.ts';
import type { Submission } from '../inbox/submission.ts';
import { dataErrorReason, isDataError } from '../store/data-error.ts';

export interface BatchStore {
  commit(batch: readonly Submission[]): Promise<CommitReport>;
}

/**
 * Commits a batch even where one message in it holds something that the store can never take: the batch is
 * halved down to that message, which goes to quarantine. One bad message never stops the line.
 *
 * @throws where the store itself fails
 */
export async function commitAround(store: BatchStore, batch: readonly Submission[]): Promise<CommitReport> {
  try {
    return await store.commit(batch);
  } catch (error) {
    if (!isDataError(error)) throw error;
    const [only] = batch;
    if (batch.length > 1) {
      const middle = batch.length >> 1;
      const first = await commitAround(store, batch.slice(0, middle));
      return mergeReports(first, await commitAround(store, batch.slice(middle)));
    }
    if (only?.kind !== 'run') throw error;
    return store.commit([asUnreadable(only, dataErrorReason(error))]);
  }
}

function asUnreadable(run: Extract<Submission, { kind: 'run' }>, reason: string): Submission {
  const { deviceId, topic, receivedAt, epoch, records, rejects, raw } = run;
  const seqs = [...records.map((record) => record.seq), ...rejects.flatMap((reject) => reject.seqs ?? [])];
  return {
    kind: 'unreadable',
    deviceId,
    topic,
    receivedAt,
    epoch,
    reject: {
      code: 'INGEST_MESSAGE_MALFORMED',
      reason,
      raw,
      seqs: [Math.min(...seqs), Math.max(...seqs)],
    },
  };
}
