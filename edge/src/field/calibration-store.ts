import { isJostleError } from '@jostle/contracts';
import { calibrationPath, readCalibrations, writeCalibrations } from '../calibration/calibration-file.ts';
import {
  type CalibrationHistory,
  currentEntry,
  NO_CALIBRATIONS,
} from '../calibration/calibration-history.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { sensingOf } from '../sensing-settings.ts';
import { accelerometersOf } from './accelerometers.ts';
import { type CheckResult, fail, ok } from './check-result.ts';
import type { FieldStation } from './station.ts';

/** Where the calibrations of a device are kept. */
export interface CalibrationStore {
  /** @throws JostleError EDGE_CALIBRATION_UNREADABLE */
  read(): CalibrationHistory;
  /** @throws JostleError EDGE_CALIBRATION_UNWRITABLE */
  write(history: CalibrationHistory): void;
}

/** The store that the agent of a data folder starts with. */
export function calibrationStoreIn(dataDir: string): CalibrationStore {
  const path = calibrationPath(dataDir);
  return { read: () => readCalibrations(path), write: (history) => writeCalibrations(path, history) };
}

/** The sensors as the agent would take them: with their calibrations, or without where those cannot be read. */
export function sensingAt({ config, calibrations }: FieldStation): SensingConfig {
  try {
    return sensingOf(config, calibrations.read());
  } catch (error) {
    if (!isJostleError(error)) throw error;
    return sensingOf(config, NO_CALIBRATIONS);
  }
}

/** What each accelerometer is calibrated with. None is no fault in itself: the check of its rest says whether it is missed. */
export function calibrationChecks(station: FieldStation): CheckResult[] {
  return accelerometersOf(sensingOf(station.config)).map(({ sensor }) => calibrationCheck(sensor, station));
}

function calibrationCheck(sensor: string, { calibrations, clock }: FieldStation): CheckResult {
  const check = `${sensor} calibration`;
  try {
    const entry = currentEntry(calibrations.read(), sensor);
    if (entry === null) return ok(check, 'none: the chip is taken as it reads');
    const days = Math.max(0, Math.floor((clock.wallMs() - entry.madeAt) / (24 * 3600 * 1000)));
    const how = entry.how === 'at-rest' ? 'at rest' : 'in six positions';
    return ok(check, `${entry.calibration.id}, made ${how} ${days} ${days === 1 ? 'day' : 'days'} ago`);
  } catch (error) {
    if (!isJostleError(error)) throw error;
    return fail(check, 'cannot be read: the chip is taken as it reads', error.message);
  }
}
