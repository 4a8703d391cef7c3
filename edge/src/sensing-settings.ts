import {
  type CalibrationHistory,
  currentCalibration,
  NO_CALIBRATIONS,
} from './calibration/calibration-history.ts';
import type { AgentConfig } from './config.ts';
import type { ClimateChip, ClimateLimit, SensingConfig, ShockChip, TiltChip } from './sensing/index.ts';
import { sensorName } from './sensing/sensor-name.ts';

/**
 * The sensing part of the agent's configuration, in the shape in which the hardware worker takes it.
 *
 * @param calibrations what the device's chips are calibrated with; they are taken as they read without
 */
export function sensingOf(
  config: AgentConfig,
  calibrations: CalibrationHistory = NO_CALIBRATIONS,
): SensingConfig {
  return {
    shock: shockOf(config, calibrations),
    tilt: tiltOf(config, calibrations),
    climate: chipsOf(config.climateChips).map(([chip, address]) => ({
      chip: chip as ClimateChip['chip'],
      address,
    })),
    climateIntervalMs: config.climateIntervalMs,
    climateLimits: limitsOf(config),
  };
}

function shockOf(config: AgentConfig, calibrations: CalibrationHistory): SensingConfig['shock'] {
  const [chip] = chipsOf(config.shockChip);
  if (chip === undefined) return null;
  const { shockRateHz, shockInterruptLine } = config;
  const sensor = sensorName({ chip: chip[0], address: chip[1] });
  return {
    chip: chip[0] as ShockChip['chip'],
    address: chip[1],
    ...(shockRateHz !== undefined && { rateHz: shockRateHz as NonNullable<ShockChip['rateHz']> }),
    ...(shockInterruptLine !== undefined && { interruptLine: shockInterruptLine }),
    calibration: currentCalibration(calibrations, sensor),
    triggerG: config.shockTriggerG,
    storage: {
      minPeakG: config.shockMinPeakG,
      minVelocityChangeMps: config.shockMinVelocityChangeMps,
      minDurationMs: config.shockMinDurationMs,
    },
  };
}

function tiltOf(config: AgentConfig, calibrations: CalibrationHistory): SensingConfig['tilt'] {
  const [chip] = chipsOf(config.tiltChip);
  if (chip === undefined) return null;
  const tilt = { chip: chip[0] as TiltChip['chip'], address: chip[1] };
  return { ...tilt, calibration: currentCalibration(calibrations, sensorName(tilt)) };
}

/** `sht31d@44,bme280@76` as pairs of chip and address. */
function chipsOf(text: string): [chip: string, address: number][] {
  if (text === 'none') return [];
  return text.split(',').map((part) => {
    const [chip = '', address = ''] = part.split('@');
    return [chip, Number.parseInt(address, 16)];
  });
}

function limitsOf(config: AgentConfig): ClimateLimit[] {
  const { climateActivation: kind, climateLimitAfterMs: ms } = config;
  const activation: ClimateLimit['activation'] = kind === 'instant' ? { kind } : { kind, ms };
  const limits = [
    { quantity: 'temperature', side: 'below', limit: config.temperatureMinC },
    { quantity: 'temperature', side: 'above', limit: config.temperatureMaxC },
    { quantity: 'humidity', side: 'below', limit: config.humidityMinPct },
    { quantity: 'humidity', side: 'above', limit: config.humidityMaxPct },
  ] as const;
  return limits.flatMap(({ quantity, side, limit }) =>
    limit === undefined ? [] : [{ quantity, side, limit, activation }],
  );
}
