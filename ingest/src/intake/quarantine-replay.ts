import type { QuarantineReplay } from '@jostle/contracts';
import type { Selectable } from 'kysely';
import type { CommitReport } from '../inbox/commit-report.ts';
import type { Inbox } from '../inbox/inbox.ts';
import type { InboxTables } from '../inbox/inbox-tables.ts';
import { RAW_MAX_BYTES } from '../inbox/quarantine.ts';
import { dataErrorReason, isDataError } from '../store/data-error.ts';
import type { Store } from '../store/store.ts';
import { readMessage } from './message-reader.ts';

type QuarantineRow = Selectable<InboxTables['quarantine']>;

export interface ReplayParts {
  store: Store;
  inbox: Inbox;
  /** Told of what came into the inbox. */
  onCommit(report: CommitReport): void;
}

/**
 * Reads a row of the quarantine once more, as if it came from the device now: after a repair of the reader, or once
 * its device is registered.
 *
 * @returns undefined where there is no such row
 */
export async function replayQuarantined(
  { store, inbox, onCommit }: ReplayParts,
  id: number,
): Promise<QuarantineReplay | undefined> {
  const row = await store.db.selectFrom('quarantine').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) return undefined;
  const refused = (reason: string): QuarantineReplay => ({
    id,
    isStored: false,
    stored: 0,
    duplicates: 0,
    reason,
  });
  const obstacle = await obstacleTo(store, row);
  if (obstacle !== undefined) return refused(obstacle);
  const { topic, received_at: receivedAt, raw } = row;
  const submission = readMessage({ topic, payload: Buffer.from(raw, 'base64'), receivedAt });
  if (submission?.kind === 'unreadable') return refused(submission.reject.reason);
  if (submission?.kind !== 'run') return refused('it holds no records');
  const [reject] = submission.rejects;
  if (reject !== undefined) return refused(reject.reason);
  let report: CommitReport;
  try {
    report = await inbox.replay(submission, id);
  } catch (error) {
    if (!isDataError(error)) throw error;
    return refused(dataErrorReason(error));
  }
  onCommit(report);
  if (report.conflicts > 0) return refused('its identity is stored with other content; the first one stays');
  return { id, isStored: true, stored: report.stored, duplicates: report.duplicates, reason: null };
}

async function obstacleTo({ db }: Store, row: QuarantineRow): Promise<string | undefined> {
  if (row.code === 'INGEST_RECORD_CONFLICT')
    return 'its identity is stored with other content; the first one stays';
  if (row.code === 'INGEST_TELEMETRY_REFUSED')
    return '`npx jostle reconcile --fix` sends the point to InfluxDB again, while the inbox has its record';
  if (Buffer.byteLength(row.raw, 'base64') >= RAW_MAX_BYTES)
    return `only its first ${RAW_MAX_BYTES} bytes were kept`;
  const device = await db
    .selectFrom('device')
    .select('id')
    .where('id', '=', row.device_id)
    .executeTakeFirst();
  return device === undefined ? `device ${row.device_id} is not registered` : undefined;
}
