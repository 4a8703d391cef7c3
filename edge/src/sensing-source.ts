import type { RecordDraft } from '@jostle/contracts';
import type { SensorQuestion } from './sensing/protocol.ts';
import type { SensingAnswer } from './sensing-supervisor.ts';

/** Where an agent's records come from: a hardware worker of its own, or sensing that many agents share. */
export interface SensingSource {
  /** Those that were found at the start. */
  readonly sensors: readonly string[];
  /** How long it has not been heard of, ms; null while that says nothing. */
  readonly silenceMs: number | null;
  /** Asks it; the answer comes as `answered`, or never. */
  tell(question: SensorQuestion): void;
  /** Hands over what was measured and ends. */
  stop(): Promise<void>;
}

/** What a source tells its agent. */
export interface SensingEvents {
  ready(): void;
  /** `bootId` names the origin of the monotonic times. */
  records(drafts: readonly RecordDraft[], bootId: string): void;
  answered(answer: SensingAnswer): void;
}
