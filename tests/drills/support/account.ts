import { addRange, countOf, type DeviceRecord, recordHash, type SeqRanges } from '@jostle/contracts';
import { openStore, type StoredRecord, storedRecords } from '@jostle/ingest/testing';

/** A record whose storing in an outbox was confirmed to its generator. */
export interface GeneratedRecord {
  deviceId: string;
  /** `recordHash` of its content, which no other record of the device has. */
  hash: string;
  /** What the outbox gave it; unknown where the outbox was in a process that may have been killed meanwhile. */
  identity?: { epoch: string; seq: number };
}

export function generatedOf(
  deviceId: string,
  epoch: string,
  records: readonly DeviceRecord[],
): GeneratedRecord[] {
  return records.map((record) => ({
    deviceId,
    hash: recordHash(record),
    identity: { epoch, seq: record.seq },
  }));
}

/** Seqs that tombstones of one outbox name, both ends included. */
export interface DroppedRange {
  deviceId: string;
  epoch: string;
  fromSeq: number;
  toSeq: number;
}

export interface Comparison {
  generated: number;
  /** Not stored with its content, where known under its identity, and in no tombstone. */
  lost: number;
  /** Stored under a second identity, or two times under one. */
  twice: number;
  /** Stored, although no generator says that its outbox confirmed it. */
  strangers: number;
}

export interface Account extends Comparison {
  /** Of any kind, about the devices of the generators. */
  alerts: number;
  /** Seqs of these devices that tombstones name. */
  dropped: number;
}

/** Compares what was generated with what a store has; on SQLite nobody may have it open. */
export async function accountOf(
  place: { dataDir: string } | { databaseUrl: string },
  generated: readonly GeneratedRecord[],
): Promise<Account> {
  const store = await openStore(place);
  try {
    const devices = new Set(generated.map(({ deviceId }) => deviceId));
    const ranges = await store.db.selectFrom('dropped').selectAll().execute();
    const dropped = ranges
      .map((range) => ({
        ...{ deviceId: range.device_id, epoch: range.epoch },
        ...{ fromSeq: range.from_seq, toSeq: range.to_seq },
      }))
      .filter(({ deviceId }) => devices.has(deviceId));
    const alerts = await store.db.selectFrom('alert').select('device_id').execute();
    return {
      ...compare(generated, await storedRecords(store), dropped),
      alerts: alerts.filter(({ device_id }) => devices.has(device_id)).length,
      dropped: droppedSeqs(dropped),
    };
  } finally {
    await store.close();
  }
}

export function compare(
  generated: readonly GeneratedRecord[],
  stored: Iterable<StoredRecord>,
  dropped: readonly DroppedRange[],
): Comparison {
  const made = new Set(generated.map(contentOf));
  // Content by identity.
  const contents = new Map<string, string>();
  const seen = new Set<string>();
  let [twice, strangers] = [0, 0];
  for (const record of stored) {
    const content = contentOf(record);
    const identity = identityOf(record.deviceId, record);
    if (!made.has(content)) strangers += 1;
    if (contents.has(identity) || seen.has(content)) twice += 1;
    contents.set(identity, content);
    seen.add(content);
  }
  const isStored = (record: GeneratedRecord) => {
    const { deviceId, identity } = record;
    const content = contentOf(record);
    return identity === undefined
      ? seen.has(content)
      : contents.get(identityOf(deviceId, identity)) === content;
  };
  const lost = generated.filter((record) => !isStored(record) && !isNamed(record, dropped));
  return { generated: generated.length, lost: lost.length, twice, strangers };
}

function isNamed({ deviceId, identity }: GeneratedRecord, dropped: readonly DroppedRange[]): boolean {
  if (identity === undefined) return false;
  return dropped.some(
    (range) =>
      range.deviceId === deviceId &&
      range.epoch === identity.epoch &&
      range.fromSeq <= identity.seq &&
      identity.seq <= range.toSeq,
  );
}

/** Ranges may overlap: what was thinned once may be dropped later. */
function droppedSeqs(dropped: readonly DroppedRange[]): number {
  // Keyed by device and epoch.
  const named = new Map<string, SeqRanges>();
  for (const { deviceId, epoch, fromSeq, toSeq } of dropped) {
    const key = `${deviceId} ${epoch}`;
    named.set(key, addRange(named.get(key) ?? [], fromSeq, toSeq));
  }
  return [...named.values()].reduce((sum, ranges) => sum + countOf(ranges), 0);
}

function contentOf({ deviceId, hash }: Pick<GeneratedRecord, 'deviceId' | 'hash'>): string {
  return `${deviceId} ${hash}`;
}

function identityOf(deviceId: string, { epoch, seq }: { epoch: string; seq: number }): string {
  return `${deviceId} ${epoch} ${seq}`;
}
