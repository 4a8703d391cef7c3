import type { FaultBody, RecordDraft } from '@jostle/contracts';
import { readingText } from './reading-text.ts';

/** One sensor as its records describe it. */
export interface SensorState {
  sensor: string;
  /** The fault that is raised; null where the sensor is well. */
  fault: Pick<FaultBody, 'reason' | 'detail'> | null;
  /** When it was last measured, ms since the epoch; null before the first record. */
  lastMeasuredAt: number | null;
  /** Its newest values in words; null before the first. */
  latest: string | null;
}

/** Follows the records of a device and knows how each of its sensors is. */
export class SensorStates {
  /** Key: name of the sensor. */
  readonly #states = new Map<string, SensorState>();

  /** Sensors that the hardware worker found at its start. */
  found(sensors: readonly string[]): void {
    for (const sensor of sensors) this.#stateOf(sensor);
  }

  note(drafts: readonly RecordDraft[]): void {
    for (const draft of drafts) {
      if (draft.kind === 'fault') {
        const { sensor, isRaised, reason, detail } = draft.body;
        this.#stateOf(sensor).fault = isRaised ? { reason, detail } : null;
      } else if (draft.kind === 'climate' || draft.kind === 'coverage' || draft.kind === 'tilt') {
        const state = this.#stateOf(draft.body.sensor);
        state.lastMeasuredAt = draft.measuredAt;
        state.latest = inWords(draft);
      }
    }
  }

  list(): SensorState[] {
    return [...this.#states.values()];
  }

  #stateOf(sensor: string): SensorState {
    const state = this.#states.get(sensor) ?? { sensor, fault: null, lastMeasuredAt: null, latest: null };
    this.#states.set(sensor, state);
    return state;
  }
}

function inWords(draft: Extract<RecordDraft, { kind: 'climate' | 'coverage' | 'tilt' }>): string {
  if (draft.kind === 'tilt') return `face ${draft.body.upFace} up, tilted by ${draft.body.tiltDeg}°`;
  if (draft.kind === 'coverage') {
    const { samples, lostSamples, peakG } = draft.body;
    return `peak ${peakG.toFixed(1)} g, ${samples} samples, ${lostSamples} lost`;
  }
  return readingText(draft.body);
}
