import type {
  ClimateLimits,
  DamageKind,
  ExcursionBody,
  FindingCompleteness,
  Fragility,
  LegMode,
  MissingRecords,
  Severity,
  ShockBody,
} from '@jostle/contracts';
import type { Interval } from './intervals.ts';

/** A leg of the returned shipment with the names that a reader knows. Times are ms since the epoch, half-open. */
export interface CaseLeg extends Interval {
  id: string;
  mode: LegMode;
  custodian: string;
  custodianName: string;
  /** Names of the sites; the same name twice is a leg that stays in one place. */
  from: string;
  to: string;
}

/** A time in which a device travelled with the shipment, or with a pallet that carried it. */
export interface ObservationWindow extends Interval {
  device: string;
}

/** Present where all that is known of a time are two instants: the clock of the device was not set. */
export interface BoundedTime {
  /** Ms since the epoch; null where nothing limits it. */
  earliestAt: number | null;
}

export interface ObservedShock {
  /** device:epoch:seq, the identity of its record. */
  id: string;
  device: string;
  /** Where the time is only bounded, `impactAt` is the latest possible one. */
  body: Omit<ShockBody, 'waveform'>;
  bounded?: BoundedTime;
}

export interface ObservedExcursion {
  id: string;
  device: string;
  /** Where the time is only bounded, it is placed as late as possible. */
  body: ExcursionBody;
  bounded?: BoundedTime;
}

/** A span in which the shock channel of a device was watched. */
export interface CoverageSpan extends Interval {
  device: string;
  samples: number;
  lostSamples: number;
}

export interface CaseProduct {
  sku: string;
  name: string;
  fragility: Fragility | null;
  climateLimits: ClimateLimits | null;
}

/**
 * Everything that one finding is computed from. The order of the rows carries no meaning.
 * Shocks, excursions and coverage may reach beyond the windows of their device; what lies outside is not used.
 */
export interface ReturnCase {
  returnId: string;
  damageKind: DamageKind;
  severity: Severity;
  product: CaseProduct;
  shipment: string | null;
  /** Those that carried the order line where it is not certain which of them came back; else none. */
  possibleShipments: string[];
  legs: CaseLeg[];
  windows: ObservationWindow[];
  shocks: ObservedShock[];
  excursions: ObservedExcursion[];
  coverage: CoverageSpan[];
  /** What those devices watched at a time that is not known, but may lie in the span of the legs; ms. */
  undatedCoverageMs: number;
  /** How much has come of what those devices recorded on the way; absent where there is no device. */
  completeness?: FindingCompleteness;
  /**
   * Records that those devices made in their windows, or may have, and that have not come. Absent where there are
   * none. What they would have said of the shock channel is unobserved time already; this says why it is.
   */
  missing?: MissingRecords[];
}
