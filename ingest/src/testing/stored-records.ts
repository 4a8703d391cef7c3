import { recordHash } from '@jostle/contracts';
import { storedRunOf } from '../inbox/stored-run.ts';
import type { Store } from '../store/store.ts';

export interface StoredRecord {
  deviceId: string;
  epoch: string;
  seq: number;
  kind: string;
  /** `recordHash` of its content. */
  hash: string;
}

/** Every record that the inbox has, one entry for each time that it has it; for tests and drills that count. */
export async function storedRecords({ db }: Store): Promise<StoredRecord[]> {
  const rows = await db.selectFrom('inbox').selectAll().orderBy('id').execute();
  return rows.map(storedRunOf).flatMap(({ deviceId, epoch, records }) =>
    records.map((record) => ({
      deviceId,
      epoch,
      seq: record.seq,
      kind: record.kind,
      hash: recordHash(record),
    })),
  );
}
