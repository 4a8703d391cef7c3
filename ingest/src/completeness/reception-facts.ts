import type { DeviceRecord, OutboxSpan, SeqRanges } from '@jostle/contracts';
import type { Placement } from '../boot-time/placement.ts';

/** What a batch brought of one epoch of one device. */
export interface ReceptionFacts {
  deviceId: string;
  epoch: string;
  receivedAt: number;
  /** What each message said that the outbox still held; none of what comes out of the quarantine. */
  reports: readonly OutboxSpan[];
  /** The seqs that were committed before and after the batch. */
  before: SeqRanges;
  after: SeqRanges;
  /** Records that are new in the inbox; the placement is null while their time is not known. */
  fresh: readonly { record: DeviceRecord; placement: Placement | null }[];
  /** The messages whose every record could be read. */
  runs: readonly { chainBefore: string | null; records: readonly DeviceRecord[] }[];
  /** Seqs that came with other content than the stored one. */
  conflicts: readonly number[];
}

/** Names an epoch among those of all devices, for maps. */
export function keyOf({ deviceId, epoch }: { deviceId: string; epoch: string }): string {
  return `${deviceId}/${epoch}`;
}
