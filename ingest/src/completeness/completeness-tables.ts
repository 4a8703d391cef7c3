import type { AlertKind } from '@jostle/contracts';
import type { Generated } from 'kysely';

/** Times are ms since the epoch; `*_seq` ranges hold both ends. */
export interface CompletenessTables {
  /** What is known of each outbox that a device ever had. */
  reception_epoch: {
    device_id: string;
    epoch: string;
    last_heard_at: number;
    /** The highest `minSeq` that it reported: what lies below it no longer holds. */
    min_seq: number;
    /** The highest seq that is known to have been given. */
    max_seq: number;
    /** `max_seq` as it was at `mark_at`, and as it was one mark earlier. */
    mark_seq: number;
    mark_at: number;
    aged_seq: number;
    /** Of every seq below, all is decided: it came, it was dropped, or it is lost. */
    decided_below: number;
    /** A report that waits until all that it speaks of has come; null where none does. */
    pending_min: number | null;
    pending_max: number | null;
    /** Seqs that came, those of them that the inbox got, and those that were dropped and never came. */
    received: number;
    stored: number;
    dropped: number;
    /** When another outbox had taken its place; null while it speaks. */
    closed_at: number | null;
  };
  /** When which records were made: one row for each boot and step of ten minutes that has any. */
  reception_step: {
    device_id: string;
    epoch: string;
    boot_id: string;
    /** `UNDATED` where the time of the records is not known. */
    starts_at: number;
    first_seq: number;
    last_seq: number;
    first_at: number | null;
    last_at: number | null;
    records: number;
  };
  /** Ranges over which the chain of the outbox was followed, with its links before and after. */
  chain_range: {
    device_id: string;
    epoch: string;
    from_seq: number;
    to_seq: number;
    link_before: string;
    link_after: string;
  };
  alert: {
    id: Generated<number>;
    kind: AlertKind;
    device_id: string;
    epoch: string;
    from_seq: number;
    to_seq: number;
    /** How many records of the range it is about; of lost ones it falls when they come after all. */
    records: number;
    raised_at: number;
    detail: string;
    acknowledged_at: number | null;
    acknowledged_by: string | null;
    resolved_at: number | null;
  };
}
