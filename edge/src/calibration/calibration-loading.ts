import { isJostleError } from '@jostle/contracts';
import type { Logger } from 'pino';
import { calibrationPath, readCalibrations } from './calibration-file.ts';
import { type CalibrationHistory, NO_CALIBRATIONS } from './calibration-history.ts';

/**
 * The calibrations for an agent that starts. A file that cannot be used is said in the log and is no reason to record
 * nothing: the sensors are then taken as they read, and their records name no calibration.
 */
export function loadCalibrations(dataDir: string, log: Logger): CalibrationHistory {
  try {
    const history = readCalibrations(calibrationPath(dataDir));
    for (const [sensor, { current }] of Object.entries(history.sensors))
      log.info({ sensor, calibrationId: current }, 'calibration is loaded');
    return history;
  } catch (error) {
    if (!isJostleError(error)) throw error;
    log.error({ code: error.code, reason: error.message }, 'sensors are not calibrated');
    return NO_CALIBRATIONS;
  }
}
