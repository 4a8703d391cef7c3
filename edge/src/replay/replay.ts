import {
  DEFAULT_TRIGGER,
  type SampleBlock,
  ShockDetector,
  type ShockObservation,
} from '../detection/index.ts';
import { deviceRangeG, END_OF_RANGE_TOLERANCE } from './device-range.ts';
import { type EventSpectrum, eventSpectrum } from './event-spectrum.ts';
import type { Recording } from './recording.ts';
import { type Gap, stretchesOf } from './stretches.ts';

/** A shock event of a recording: what a device would have sent, on the time of the recording. */
export type ReplayedEvent = Omit<ShockObservation, 'impactMonoMs' | 'waveform'> & {
  /** Time of the impact as the recording counts it, s. */
  atS: number;
  /** Null where an axis is clipped. */
  spectrum: EventSpectrum | null;
};

export interface ReplayReport {
  format: string;
  samples: number;
  /** Samples per second, gaps left out. */
  rateHz: number;
  durationS: number;
  gaps: Gap[];
  /** Full scale of the device, g; null where it was neither stated nor reached. */
  rangeG: number | null;
  rejectedTriggers: number;
  events: ReplayedEvent[];
}

/**
 * Runs the detection of the live bus over a recording.
 *
 * @param statedRangeG full scale of the device, g; null to find it in the values
 */
export function replay(recording: Recording, statedRangeG: number | null): ReplayReport {
  const { timesS, xyz } = recording;
  const { blocks, gaps, rateHz } = stretchesOf(recording);
  const rangeG = statedRangeG ?? deviceRangeG(xyz);
  const detector = new ShockDetector({
    ...DEFAULT_TRIGGER,
    rangeG,
    // The detector calls an axis clipped from two counts below the range.
    countG: Number.isFinite(rangeG) ? (rangeG * END_OF_RANGE_TOLERANCE) / 2 : 0.001,
  });
  const events = blocks.flatMap((block) =>
    [...detector.push(block), ...detector.gap()].map((event) => replayed(block, event)),
  );
  return {
    format: recording.format,
    samples: timesS.length,
    rateHz,
    durationS: (timesS.at(-1) ?? 0) - (timesS[0] ?? 0),
    gaps,
    rangeG: Number.isFinite(rangeG) ? rangeG : null,
    rejectedTriggers: detector.takeRejectedTriggers(),
    events,
  };
}

function replayed(block: SampleBlock, observation: ShockObservation): ReplayedEvent {
  const { impactMonoMs, waveform: _waveform, ...event } = observation;
  return {
    atS: Number((impactMonoMs / 1000).toFixed(4)),
    ...event,
    spectrum: eventSpectrum(block, observation),
  };
}
