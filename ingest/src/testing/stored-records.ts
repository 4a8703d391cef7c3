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
  const rows = await db.selectFrom('inbox').select(['device_id', 'epoch', 'seq', 'kind', 'hash']).execute();
  return rows.map(({ device_id, ...row }) => ({ deviceId: device_id, ...row }));
}
