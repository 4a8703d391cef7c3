import { type DeviceRecord, recordHash } from '@jostle/contracts';
import { openStore, type StoredRecord, storedRecords } from '@jostle/ingest/testing';

/*
 * The accountant knows a record by its content alone, wherever its edge process was killed. Here the drill itself holds
 * the outbox, so that the store is also held to the seq that each record was given.
 */

/** A record whose storing in an outbox was confirmed to the drill. */
export interface GeneratedRecord {
  deviceId: string;
  epoch: string;
  seq: number;
  /** `recordHash` of its content, which no other record has. */
  hash: string;
}

export function generatedOf(
  deviceId: string,
  epoch: string,
  records: readonly DeviceRecord[],
): GeneratedRecord[] {
  return records.map((record) => ({ deviceId, epoch, seq: record.seq, hash: recordHash(record) }));
}

export interface Account {
  generated: number;
  /** Not stored under their identity with their content, and in no tombstone. */
  lost: number;
  /** Stored again under their identity or another. */
  twice: number;
}

/** Compares what was generated with what the store in a folder has; nobody may have it open. */
export async function accountOf(dataDir: string, generated: readonly GeneratedRecord[]): Promise<Account> {
  const store = await openStore({ dataDir });
  try {
    const dropped = await store.db.selectFrom('dropped').selectAll().execute();
    return compare(generated, await storedRecords(store), (record) =>
      dropped.some(
        (range) =>
          range.device_id === record.deviceId &&
          range.epoch === record.epoch &&
          range.from_seq <= record.seq &&
          record.seq <= range.to_seq,
      ),
    );
  } finally {
    await store.close();
  }
}

/** @param isDropped whether a tombstone names the record; asked only where it is not stored */
export function compare(
  generated: readonly GeneratedRecord[],
  stored: readonly StoredRecord[],
  isDropped: (record: GeneratedRecord) => boolean,
): Account {
  // Hash by identity, and identity by device and hash.
  const hashes = new Map<string, string>();
  const contents = new Set<string>();
  let twice = 0;
  for (const record of stored) {
    const identity = identityOf(record);
    const content = `${record.deviceId}/${record.hash}`;
    if (hashes.has(identity) || contents.has(content)) twice += 1;
    hashes.set(identity, record.hash);
    contents.add(content);
  }
  const lost = generated.filter(
    (record) => hashes.get(identityOf(record)) !== record.hash && !isDropped(record),
  );
  return { generated: generated.length, lost: lost.length, twice };
}

function identityOf({ deviceId, epoch, seq }: Pick<GeneratedRecord, 'deviceId' | 'epoch' | 'seq'>): string {
  return `${deviceId}/${epoch}/${seq}`;
}
