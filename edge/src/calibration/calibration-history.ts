import { createHash } from 'node:crypto';
import Type, { type Static } from '@jostle/contracts/typebox';
import type { Fit } from './at-rest.ts';
import { Calibration, UNCALIBRATED } from './calibration.ts';

const Figure = Type.Number({ minimum: 0 });
const FigureOrNull = Type.Union([Figure, Type.Null()]);

/** One calibration of one sensor, as it was made. */
export const CalibrationEntry = Type.Object(
  {
    calibration: Calibration,
    madeAt: Type.Integer({ description: 'By the wall clock of the device, ms since the epoch.' }),
    how: Type.Union([Type.Literal('at-rest'), Type.Literal('six-position')]),
    replaces: Type.String({ description: 'Id of the calibration before it; none for the first.' }),
    temperatureC: Type.Union([Type.Number(), Type.Null()], {
      description: 'Of the air, °C; null where no sensor told it.',
    }),
    residuals: Type.Object(
      { spreadG: Figure, normErrorG: FigureOrNull, tiltDeg: FigureOrNull },
      { additionalProperties: false },
    ),
  },
  { additionalProperties: false },
);
export type CalibrationEntry = Static<typeof CalibrationEntry>;

const SensorCalibrations = Type.Object(
  {
    current: Type.String({ description: 'Id of the one in use; none where none is.' }),
    history: Type.Array(CalibrationEntry, { description: 'Oldest first; records name their ids.' }),
  },
  { additionalProperties: false },
);

/** Every calibration that was made on a device. Nothing is taken out, so that old records can be explained. */
export const CalibrationHistory = Type.Object(
  {
    version: Type.Literal(1),
    sensors: Type.Record(Type.String(), SensorCalibrations, {
      description: 'By the name of the sensor, such as adxl375-53.',
    }),
  },
  { additionalProperties: false },
);
export type CalibrationHistory = Static<typeof CalibrationHistory>;

export const NO_CALIBRATIONS: CalibrationHistory = { version: 1, sensors: {} };

/** What a sensor is to be calibrated with. */
export function currentCalibration(history: CalibrationHistory, sensor: string): Calibration {
  return currentEntry(history, sensor)?.calibration ?? UNCALIBRATED;
}

/** The calibration in use with how it was made; null where the sensor is uncalibrated. */
export function currentEntry(history: CalibrationHistory, sensor: string): CalibrationEntry | null {
  const { current, list } = ofSensor(history, sensor);
  return list.find(({ calibration }) => calibration.id === current) ?? null;
}

/** Every calibration of the sensor, oldest first. */
export function entriesOf(history: CalibrationHistory, sensor: string): readonly CalibrationEntry[] {
  return ofSensor(history, sensor).list;
}

/**
 * Gives a fit its id and puts it to use. The id is the day and a hash of time and values, so that equal ids mean equal
 * values.
 */
export function withCalibration(
  history: CalibrationHistory,
  sensor: string,
  { values, residuals }: Fit,
  made: Pick<CalibrationEntry, 'madeAt' | 'how' | 'temperatureC'>,
): { history: CalibrationHistory; entry: CalibrationEntry } {
  const { current, list } = ofSensor(history, sensor);
  const day = new Date(made.madeAt).toISOString().slice(0, 10).replaceAll('-', '');
  const hash = createHash('sha256')
    .update(JSON.stringify([sensor, made.madeAt, values]))
    .digest('hex');
  const id = `${day}-${hash.slice(0, 8)}`;
  const entry: CalibrationEntry = {
    calibration: { ...values, id },
    replaces: current,
    residuals,
    ...made,
  };
  return { history: changed(history, sensor, { current: id, history: [...list, entry] }), entry };
}

/** Puts the calibration before the current one to use again; null where the sensor is uncalibrated already. */
export function withoutCurrent(
  history: CalibrationHistory,
  sensor: string,
): { history: CalibrationHistory; undone: CalibrationEntry } | null {
  const undone = currentEntry(history, sensor);
  if (undone === null) return null;
  const { list } = ofSensor(history, sensor);
  return { history: changed(history, sensor, { current: undone.replaces, history: [...list] }), undone };
}

function ofSensor(history: CalibrationHistory, sensor: string) {
  const { current = UNCALIBRATED.id, history: list = [] } = history.sensors[sensor] ?? {};
  return { current, list };
}

function changed(
  history: CalibrationHistory,
  sensor: string,
  calibrations: Static<typeof SensorCalibrations>,
): CalibrationHistory {
  return { ...history, sensors: { ...history.sensors, [sensor]: calibrations } };
}
