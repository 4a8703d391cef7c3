/** Why a calibration was not made: nothing is stored, and the tech can do something about it. */
export type RefusalReason =
  | 'absent'
  | 'mounting-unknown'
  | 'samples-missing'
  | 'clipped'
  | 'moving'
  | 'offset-too-large'
  | 'not-on-base'
  | 'not-turned'
  | 'faces-exchanged'
  | 'tilted'
  | 'residual-too-large';

export interface Refusal {
  kind: 'refused';
  reason: RefusalReason;
  /** What was found. */
  found: string;
  /** What to do about it. */
  fix: string;
}

export function refusal(reason: RefusalReason, found: string, fix: string): Refusal {
  return { kind: 'refused', reason, found, fix };
}
