import type { DeviceRecord, OutboxSpan, SeqRanges } from '@jostle/contracts';
import type { Placement } from '../boot-time/placement.ts';
import type { TombstoneRecord } from '../inbox/derived-rows.ts';

/** Records of one boot that are new in the inbox, each with its placement; null while its time is not known. */
export interface FreshRecords {
  records: readonly DeviceRecord[];
  placements: readonly (Placement | null)[];
}

/** What a batch brought of one epoch of one device. */
export interface ReceptionFacts {
  deviceId: string;
  epoch: string;
  receivedAt: number;
  /** What each message said that the outbox still held; none of what comes out of the quarantine. */
  reports: readonly OutboxSpan[];
  /** The committed ranges that the batch touches, where the outbox begins and at the end, before and after the batch. */
  before: SeqRanges;
  after: SeqRanges;
  fresh: readonly FreshRecords[];
  /** Those of the new records that tell of what was dropped. */
  tombstones: readonly TombstoneRecord[];
  /** The messages whose every record could be read. */
  runs: readonly { chainBefore: string | null; records: readonly DeviceRecord[] }[];
  /** Seqs that came with other content than the stored one. */
  conflicts: readonly number[];
}
