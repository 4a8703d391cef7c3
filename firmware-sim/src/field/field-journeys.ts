import type { PlugEvent } from '../device/plugs.ts';
import type { Journey } from '../world/journey.ts';
import type { Piece } from '../world/pieces.ts';
import type { MotionName } from './field-motions.ts';

/** What the field tech's tool can be learned on. */
export interface FieldJourney {
  journey: Journey;
  plugs: readonly PlugEvent[];
  /** What the device feels in place of the journey's motion. */
  motion?: MotionName;
  /** What the shock chip reads at 0 g, by axis; nothing without. */
  zeroOffsetG?: readonly [number, number, number];
}

/** A Monday morning long ago: a simulation may begin in the past, never in the future. */
export const START_MS = Date.parse('2025-01-06T08:00:00Z');

/** Of vibration, noise and tolerances. */
export const FIELD_SEED = 7;

const SECOND_MS = 1000;
const CALM: NonNullable<Journey['climate']> = [{ afterMs: 0, temperatureC: 20, relativeHumidityPct: 45 }];
/** The door of a warehouse is left open on a cold day. */
const COOLING: NonNullable<Journey['climate']> = [
  { afterMs: 0, temperatureC: 21, relativeHumidityPct: 42 },
  { afterMs: 60 * SECOND_MS, temperatureC: 12, relativeHumidityPct: 58 },
];

/** It lies still first, because that is when a doctor is called. */
const DEMO_ROUND: readonly Piece[] = [
  { kind: 'rest', durationMs: 5 * SECOND_MS },
  { kind: 'hand-carry', durationMs: 2 * SECOND_MS },
  { kind: 'drop', heightM: 0.6 },
  { kind: 'conveyor', durationMs: 3 * SECOND_MS },
  { kind: 'truck', durationMs: 8 * SECOND_MS },
];

/** Key: name of the journey, as `--sim` takes it. */
export const FIELD_JOURNEYS: Readonly<Record<string, FieldJourney>> = {
  demo: fieldJourney(Array.from({ length: 200 }, () => DEMO_ROUND).flat(), COOLING),
  quiet: fieldJourney([], CALM),
  drop: fieldJourney(
    [
      { kind: 'rest', durationMs: 5 * SECOND_MS },
      { kind: 'drop', heightM: 0.8 },
    ],
    CALM,
  ),
  // The BME280 is missing from the start; the SHT31 comes off after 6 s and is put back 10 s later.
  unplugged: fieldJourney([], CALM, [
    { afterMs: 0, address: 0x76, isPlugged: false },
    { afterMs: 6 * SECOND_MS, address: 0x44, isPlugged: false },
    { afterMs: 16 * SECOND_MS, address: 0x44, isPlugged: true },
  ]),
  taps: { ...fieldJourney([], CALM), motion: 'tapped' },
  calibrate: { ...fieldJourney([], CALM), motion: 'turned-over', zeroOffsetG: [0.7, -1.1, 0.4] },
};

function fieldJourney(
  pieces: readonly Piece[],
  climate: NonNullable<Journey['climate']>,
  plugs: readonly PlugEvent[] = [],
): FieldJourney {
  return { journey: { startsAt: START_MS, pieces: [...pieces], climate }, plugs };
}
