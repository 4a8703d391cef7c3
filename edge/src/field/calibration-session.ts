import { JostleError } from '@jostle/contracts';
import { type Fit, nullAtRest } from '../calibration/at-rest.ts';
import { isCalibrated } from '../calibration/calibration.ts';
import {
  type CalibrationEntry,
  currentCalibration,
  withCalibration,
} from '../calibration/calibration-history.ts';
import { FACES, type ParcelAxes } from '../calibration/parcel-axes.ts';
import { type Refusal, refusal } from '../calibration/refusal.ts';
import { type RestLevel, restLevel } from '../calibration/rest-level.ts';
import { fitSixPositions } from '../calibration/six-position.ts';
import type { I2cTransport } from '../io/transport.ts';
import { sensingOf } from '../sensing-settings.ts';
import { type Accelerometer, accelerometersOf } from './accelerometers.ts';
import { RestSampler } from './calibration-sampling.ts';
import type { FieldStation } from './station.ts';

/** A tech whose hand shook may try a face again so often in all. */
const ATTEMPTS = 3;
/** The drivers of the thermometers give their first value within this. */
const THERMOMETER_MS = 2500;

/**
 * Largest zero offset of a sound part, g, by its name (datasheets, Specifications: ADXL375 rev. B ±6 g, ADXL345 rev. G
 * ±0.25 g on its worst axis, here with as much again for the soldering, and for the LIS3DH, which states no limit).
 */
const OFFSET_MAX_G = new Map([
  ['adxl375', 6],
  ['adxl345', 0.5],
  ['lis3dh', 0.5],
]);
const OFFSET_MAX_OTHERS_G = 3;

/** One accelerometer of the device. */
export type ChipToCalibrate = Pick<Accelerometer, 'sensor' | 'address' | 'fifo'>;

export interface CalibrationRequest {
  how: CalibrationEntry['how'];
  /** How the chip is mounted, where the tech names it; null for as before. Six positions find it themselves. */
  axes: ParcelAxes | null;
}

/** Who leads the tech through the steps. */
export interface CalibrationGuide {
  /** Says on which face to lay the device; resolves when it lies there. */
  lay(face: string, step: number, steps: number): Promise<void>;
  /** Share of the samples that have come, up to 1. */
  progress(share: number): void;
  /** What the samples of the step came to. */
  measured(level: RestLevel | Refusal): void;
}

export interface Calibrated {
  kind: 'calibrated';
  sensor: string;
  entry: CalibrationEntry;
}

/** @throws JostleError EDGE_SENSOR_ABSENT where no such chip is configured */
export function chipToCalibrate({ config }: FieldStation, role: 'shock' | 'tilt'): ChipToCalibrate {
  const chip = accelerometersOf(sensingOf(config)).find((accelerometer) => accelerometer.role === role);
  if (chip !== undefined) return chip;
  throw new JostleError(
    'EDGE_SENSOR_ABSENT',
    `No ${role} chip is configured: set ${role === 'shock' ? 'SHOCK_CHIP' : 'TILT_CHIP'}.`,
  );
}

/** Calibrates an accelerometer and stores the result, or says why not and changes nothing. */
export async function calibrateChip(
  station: FieldStation,
  chip: ChipToCalibrate,
  request: CalibrationRequest,
  guide: CalibrationGuide,
): Promise<Calibrated | Refusal> {
  const { sensor } = chip;
  // Before any work: one that cannot be read could not be added to.
  const history = station.calibrations.read();
  const before = currentCalibration(history, sensor);
  const isMountingKnown = request.axes !== null || isCalibrated(before);
  if (request.how === 'at-rest' && !isMountingKnown) return mountingUnknown();
  const bus = await station.openBus();
  try {
    const temperatureC = await temperatureNow(station, bus);
    const fit = await measure(station, bus, chip, (level) => fitOf(level, before, request, chip), {
      faces: request.how === 'at-rest' ? 1 : FACES.length,
      guide,
    });
    if (fit.kind === 'refused') return fit;
    const made = { madeAt: Math.round(station.clock.wallMs()), how: request.how, temperatureC };
    const added = withCalibration(history, sensor, fit, made);
    station.calibrations.write(added.history);
    return { kind: 'calibrated', sensor, entry: added.entry };
  } finally {
    await bus.close();
  }
}

/** From one position the mounting cannot be found, and a wrong one would name wrong faces in every record. */
function mountingUnknown(): Refusal {
  return refusal(
    'mounting-unknown',
    'nobody has said yet how the chip is mounted in the parcel',
    'Add --mount with the chip axes along right, back and top of the parcel, such as --mount +x,+y,+z, or use --six-position.',
  );
}

function fitOf(
  levels: readonly RestLevel[],
  before: ReturnType<typeof currentCalibration>,
  { how, axes }: CalibrationRequest,
  { fifo }: ChipToCalibrate,
): Fit | Refusal {
  const offsetMaxG = OFFSET_MAX_G.get(fifo.name) ?? OFFSET_MAX_OTHERS_G;
  return how === 'at-rest'
    ? nullAtRest(levels[0] as RestLevel, before, axes ?? before.axes, offsetMaxG)
    : fitSixPositions(levels, offsetMaxG);
}

async function measure(
  station: FieldStation,
  bus: I2cTransport,
  { fifo, address }: ChipToCalibrate,
  fit: (levels: readonly RestLevel[]) => Fit | Refusal,
  { faces, guide }: { faces: number; guide: CalibrationGuide },
): Promise<Fit | Refusal> {
  const sampler = new RestSampler(bus, station.clock, fifo, address);
  try {
    const levels: RestLevel[] = [];
    let attemptsLeft = ATTEMPTS;
    while (levels.length < faces) {
      await guide.lay(FACES[levels.length]?.name ?? 'base', levels.length + 1, faces);
      const samples = await sampler.take(station.pass, (share) => guide.progress(share));
      const level = 'kind' in samples ? samples : restLevel(samples);
      guide.measured(level);
      if (level.kind === 'still') levels.push(level);
      else {
        attemptsLeft -= 1;
        if (level.reason !== 'moving' || attemptsLeft === 0) return level;
      }
    }
    return fit(levels);
  } finally {
    await sampler.close();
  }
}

/** What the first thermometer reads, °C; null where there is none or it says nothing. */
async function temperatureNow(station: FieldStation, bus: I2cTransport): Promise<number | null> {
  const sensing = sensingOf(station.config);
  if (sensing.climate.length === 0) return null;
  // Only now, because johnny-five keeps the timers that it finds when it is loaded.
  const { SensorWatch } = await import('./sensor-watch.ts');
  const watch = await SensorWatch.open(bus, station.clock, { ...sensing, shock: null, tilt: null });
  await station.pass(THERMOMETER_MS);
  const glances = watch.take();
  await watch.close();
  const reading = glances.find((glance) => glance.kind === 'climate' && glance.reading !== null);
  return reading?.kind === 'climate' ? (reading.reading?.temperatureC ?? null) : null;
}
