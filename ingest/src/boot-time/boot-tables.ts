import type { Generated } from 'kysely';

/** Times are ms, offsets are wall − monotonic time in ms, 0/1 are booleans. */
export interface BootTables {
  /** What is known of each boot of a device. */
  boot: {
    device_id: string;
    epoch: string;
    boot_id: string;
    boot_number: number | null;
    first_seq: number;
    last_seq: number;
    first_mono_ms: number;
    last_mono_ms: number;
    /** Whether a record was made while the clock was not synchronised. */
    has_unsynced: number;
    /** Whether an anchor from a synchronised clock came. */
    is_anchored: number;
    /** Smallest difference between the receipt of a message and the monotonic time at which it was sent. */
    heard_offset_ms: number | null;
    /** Smallest difference between the receipt of a record and its monotonic time: none was made later. */
    received_offset_ms: number;
    /** The bounds with which its records were last placed; null before. */
    earliest_offset_ms: number | null;
    latest_offset_ms: number | null;
  };
  /** Anchors from a synchronised clock. */
  clock_anchor: {
    device_id: string;
    epoch: string;
    seq: number;
    boot_id: string;
    mono_ms: number;
    wall_ms: number;
  };
  /**
   * Boots whose line was moved after records of them were stored: points in the telemetry store that lie where the line
   * before put them are to be moved to where their record is now.
   */
  boot_move: {
    id: Generated<number>;
    device_id: string;
    epoch: string;
    boot_id: string;
    /** A `BootTimeline` as JSON. */
    line_before: string;
  };
}

/** Which boots can only be bounded: an index holds just these. */
export const OPEN_BOOT = 'has_unsynced = 1 and is_anchored = 0 and heard_offset_ms is null';
