import type { RecordDraft } from '@jostle/contracts';
import type { ScanRow } from '../field/bus-scan.ts';
import type { SensorGlance } from '../field/glance.ts';

/** What the hardware worker tells the agent. */
export type FromSensing =
  | { type: 'ready'; sensors: string[] }
  /**
   * Names the origin of the worker's monotonic clock, before any record. Only a worker says this whose clock is not
   * the machine's: without it, records are of the machine's boot.
   */
  | { type: 'boot'; bootId: string }
  /** Records in the order in which they were made. Events come at once, routine ones about once a minute. */
  | { type: 'records'; drafts: RecordDraft[] }
  /** Sent a few times a minute by the wall clock of the machine; its absence means a hung bus. */
  | { type: 'heartbeat' }
  /** Who is on the bus; the answer to `scan`. */
  | { type: 'scanned'; rows: ScanRow[] }
  /** How each sensor is, at the wall time `atMs`; the answer to `glance`. */
  | { type: 'glances'; atMs: number; glances: SensorGlance[] }
  | { type: 'failed'; code: string; message: string }
  /** The last message, after a stop: everything that was measured has been sent. */
  | { type: 'stopped' };

/** What the agent tells the hardware worker. */
export type ToSensing =
  | { type: 'stop' }
  | { type: 'scan' }
  /** Asks for a look at each sensor; shock peaks are those since the look before. */
  | { type: 'glance' }
  /** Nobody looks any more: what was only kept for `glance` may be let go. */
  | { type: 'unwatch' };

/** What may be asked while sensing goes on. */
export type SensorQuestion = Exclude<ToSensing, { type: 'stop' }>;
