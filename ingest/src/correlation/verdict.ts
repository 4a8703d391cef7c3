import type { FindingVerdict } from '@jostle/contracts';
import { probabilityOf } from './hazards.ts';

/** Below this probability nothing that was recorded explains a damage: the outer edge of the damage boundary. */
const EXPLAINING_PROBABILITY = 0.1;

/** Part of the way that must have been watched before quiet means anything. */
const ENOUGH_OBSERVED = 0.75;

/** Twice as likely as everything else together. */
const STANDS_OUT = 2 / 3;

export interface VerdictGrounds {
  /** Largest share of a leg, and the probability of its most severe compatible event. */
  topShare: number;
  topEventProbability: number;
  /** Hazard of all compatible events of the way. */
  totalHazard: number;
  /** A compatible event whose true severity is above what could be measured. */
  hasClippedEvent: boolean;
  /** An event on or within the damage boundary that cannot have caused this kind of damage. */
  hasSevereIncompatibleEvent: boolean;
  /** Watched part of the way, 0 to 1. */
  observedPart: number;
}

/** The verdict; its four values are explained at the schema of a finding. */
export function verdictOf(grounds: VerdictGrounds): FindingVerdict {
  const isExplained = grounds.topEventProbability >= EXPLAINING_PROBABILITY;
  if (isExplained && grounds.topShare > STANDS_OUT) return 'transit-event';
  const isSuspicious =
    probabilityOf(grounds.totalHazard) >= EXPLAINING_PROBABILITY ||
    grounds.hasClippedEvent ||
    grounds.hasSevereIncompatibleEvent;
  if (isSuspicious) return 'undetermined';
  return grounds.observedPart >= ENOUGH_OBSERVED ? 'no-transit-event' : 'not-observed';
}
