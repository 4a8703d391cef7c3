import type { ClockQuality, TimeQuality } from '@jostle/contracts';
import type { ColumnType, Generated } from 'kysely';

/** Times are ms since the epoch; `*_seq` ranges hold both ends; 0/1 are booleans; bodies are JSON. */
export interface InboxTables {
  /**
   * Every record once, as it came, in runs of one boot and one clock quality. Runs of one epoch never overlap. The
   * source from which everything else can be built again.
   */
  inbox: {
    /** Rises in the order of the commits. */
    id: Generated<number>;
    device_id: string;
    epoch: string;
    from_seq: number;
    to_seq: number;
    /** How many: to_seq − from_seq + 1. */
    records: number;
    boot_id: string;
    clock: ClockQuality;
    received_at: number;
    /** Earliest and latest time of its records, as far as is known now; null while only bounds are known of all. */
    first_at: number | null;
    last_at: number | null;
    /** An up message of exactly these records; its outbox says nothing. */
    message: string;
  };
  /** Sequence numbers that were committed, to the inbox or to the quarantine. */
  received: SeqRangeColumns;
  /** Of these, the ones that never reached the inbox: what could not be read of them went to the quarantine. */
  dead: SeqRangeColumns;
  /** Sequence numbers that the device says it dropped. */
  dropped: SeqRangeColumns & { reason: string };
  device_state: {
    device_id: string;
    /** Of the latest message; the four columns that follow belong to it. */
    epoch: string | null;
    min_seq: number;
    max_seq: number;
    /** The highest seq that was stored, and when it was measured. */
    last_seq: number;
    last_measured_at: number | null;
    last_received_at: number | null;
    is_online: number;
  };
  shock_event: {
    /** device:epoch:seq */
    id: string;
    device_id: string;
    /** The latest possible instant where the time is bounded. */
    impact_at: number;
    peak_g: number;
    /** Its times are those of the columns, not those of the device. */
    body: string;
    time_quality: Defaulted<TimeQuality>;
    /** Null where the time is known, and where nothing limits it. */
    earliest_at: number | null;
  };
  excursion: {
    /** device:sensor:quantity:side:start; the start by boot and monotonic clock where the record has it. */
    id: string;
    device_id: string;
    /** As late as possible where the time is bounded, like its end. */
    started_at: number;
    ended_at: number | null;
    /** Of the record that gave the present content. */
    seq: number;
    body: string;
    time_quality: Defaulted<TimeQuality>;
    /** Of its start; null where that is known, and where nothing limits it. */
    earliest_at: number | null;
  };
  coverage: {
    device_id: string;
    epoch: string;
    seq: number;
    starts_at: number;
    ends_at: number;
    samples: number;
    lost_samples: number;
    peak_g: number;
    time_quality: Defaulted<TimeQuality>;
    /** Of its start; null where that is known, and where nothing limits it. */
    earliest_at: number | null;
  };
  sensor_fault: {
    device_id: string;
    epoch: string;
    seq: number;
    occurred_at: number;
    sensor: string;
    is_raised: number;
    reason: string;
    detail: string;
    time_quality: Defaulted<TimeQuality>;
  };
  quarantine: {
    id: Generated<number>;
    device_id: string;
    topic: string;
    received_at: number;
    code: string;
    reason: string;
    /** Base64 of at most 64 kB. */
    raw: string;
    /** SHA-256 of code and raw bytes: the same thing sent again is kept once. */
    digest: string;
    epoch: string | null;
    seq: number | null;
  };
}

/** `measured` where a row is inserted without it. */
type Defaulted<T> = ColumnType<T, T | undefined, T>;

interface SeqRangeColumns {
  device_id: string;
  epoch: string;
  from_seq: number;
  to_seq: number;
}
