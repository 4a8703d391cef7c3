import type { SensingConfig } from '../sensing/sensing-config.ts';
import { sensorName } from '../sensing/sensor-name.ts';
import type { ScannedAddress } from './bus-scan.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import { isKind } from './chip-catalogue.ts';
import { type AccelerometerGlance, type ClimateGlance, isFresh, type SensorGlance } from './glance.ts';
import { readingText } from './reading-text.ts';
import { type ExpectedChip, verdictOf } from './scan-text.ts';

/** More failed transfers than this come from the cable, and will sooner or later cost values. */
const NACK_SHARE_MAX = 0.01;
/** Tolerance of |g| at rest, g: ours; a zero offset beyond it shifts drop heights and must be taken off. */
const REST_TOLERANCE_G = 0.3;
const RATE_TOLERANCE = 0.05;
/** How long the sensors are watched, ms, before they are judged: the BME280's driver keeps its first second back. */
export const WATCH_MS = 3500;

interface AccelerometerPart {
  /**
   * Spread of a device that lies still, g, all axes together: three times the noise over half of the rate of a shock
   * recorder. A tilt chip is slower, and so more quiet.
   */
  stillG: number;
  /** The part that has the same id, and what it reads here at rest, g. */
  lookalike?: { name: string; atRestG: readonly [number, number]; differs: string };
}

/**
 * Noise is 5 mg/√Hz of an ADXL375 and 3.5 counts over 3200 Hz of an ADXL372 (their datasheets, Specifications). A g is 20.5
 * counts of an ADXL375, with a zero that may be as far off, and 256 of an ADXL345 (same, Sensitivity).
 */
const ACCELEROMETER_PARTS: Readonly<Record<string, AccelerometerPart>> = {
  adxl375: {
    stillG: 0.5,
    lookalike: { name: 'ADXL345', atRestG: [11, 14], differs: 'the other ends at 16 g' },
  },
  adxl345: {
    stillG: 0.2,
    lookalike: { name: 'ADXL375', atRestG: [0, 0.3], differs: 'the other has a twelfth of the resolution' },
  },
  adxl372: { stillG: 1.3 },
  lis3dh: { stillG: 0.2 },
};

/** The chips that the configuration asks for. */
export function expectedChips(sensors: SensingConfig): ExpectedChip[] {
  const { climate, shock, tilt } = sensors;
  return [...climate, ...[shock, tilt].filter((chip) => chip !== null)];
}

/** Whether the right chip is at an expected address. */
export function identityCheck(expected: ExpectedChip, { answer }: ScannedAddress): CheckResult {
  const check = `${sensorName(expected)} identity`;
  if (answer.kind === 'chip' && isKind(answer.chip, expected.chip))
    return ok(check, `answers as ${answer.chip.name}`);
  if (answer.kind === 'chip' || answer.kind === 'stranger')
    return fail(
      check,
      verdictOf(answer, expected),
      'Correct the address on the board, or the configuration.',
    );
  if (answer.kind === 'held')
    return fail(
      check,
      'the bus does not let it be asked',
      'Look for a short of SDA or SCL, and for a driver of the kernel that has this address.',
    );
  return fail(check, 'no answer', 'Check cable, supply, address jumper and `jostle-edge i2c scan`.');
}

/** Whether values come and how old they are; for an accelerometer also its rate and what it reads at rest. */
export function sensorChecks(glance: SensorGlance): CheckResult[] {
  return glance.kind === 'climate'
    ? [climateCheck(glance), repliesCheck(glance)]
    : [samplesCheck(glance), restCheck(glance)];
}

function repliesCheck({ sensor, replies, errors }: ClimateGlance): CheckResult {
  const check = `${sensor} replies`;
  const all = replies + errors;
  if (all === 0) return skipped(check, 'nothing was asked of it');
  const share = errors / all;
  const found = `${errors.toLocaleString('en')} of ${all.toLocaleString('en')} transfers failed`;
  if (share <= NACK_SHARE_MAX) return ok(check, found);
  return warn(
    check,
    `${found} (${(share * 100).toFixed(0)} %)`,
    'Shorten the cable to below 30 cm, and see to pull-ups of 2.2 to 4.7 kΩ in all.',
  );
}

function climateCheck(glance: ClimateGlance): CheckResult {
  const { sensor, reading, ageMs, fault } = glance;
  const check = `${sensor} values`;
  const fix = 'Check cable and supply; a long cable or weak pull-ups damage replies.';
  if (fault !== null) return fail(check, fault, fix);
  if (reading === null || ageMs === null) return fail(check, 'no value came', fix);
  if (!isFresh(glance)) return fail(check, `the last value is ${Math.round(ageMs / 1000)} s old`, fix);
  return ok(check, `fresh: ${readingText(reading)}`);
}

function samplesCheck({
  sensor,
  samples,
  lostSamples,
  rateHz,
  nominalHz,
  fault,
}: AccelerometerGlance): CheckResult {
  const check = `${sensor} samples`;
  if (fault !== null) return fail(check, fault, 'Check cable, supply and address of the chip.');
  if (samples === 0 || rateHz === null)
    return fail(check, 'no sample came', 'Switch the supply of the chip off and on.');
  const found = `${rateHz.toFixed(0)} Hz, ${lostSamples} lost`;
  if (lostSamples > 0)
    return warn(
      check,
      found,
      'Set dtparam=i2c_arm_baudrate=400000; see whether another program keeps the processor or the bus busy.',
    );
  if (Math.abs(rateHz / nominalHz - 1) > RATE_TOLERANCE)
    return warn(check, found, `The oscillator is far off ${nominalHz} Hz: replace the chip if it stays so.`);
  return ok(check, found);
}

function restCheck({ kind, sensor, meanG, unrestG, fault }: AccelerometerGlance): CheckResult {
  const check = `${sensor} at rest`;
  if (fault !== null || meanG === null) return skipped(check, 'no samples to judge by');
  const restG = Math.hypot(...meanG);
  const found = `|g| = ${restG.toFixed(2)}`;
  const { stillG, lookalike } = partOf(sensor);
  if (unrestG > stillG)
    return warn(check, `${found}, but the device is moving`, 'Lay it still and run the doctor again.');
  if (lookalike !== undefined && restG >= lookalike.atRestG[0] && restG <= lookalike.atRestG[1])
    return fail(
      check,
      `${found}: the chip is an ${lookalike.name}`,
      `Fit the chip that is configured: ${lookalike.differs}.`,
    );
  if (Math.abs(restG - 1) <= REST_TOLERANCE_G) return ok(check, found);
  const axes = meanG.map((g) => g.toFixed(2)).join(', ');
  const command = `jostle-edge calibrate${kind === 'tilt' ? ' --tilt' : ''}`;
  return warn(check, `${found} (${axes})`, `Run \`${command}\` with the device lying still.`);
}

function partOf(sensor: string): AccelerometerPart {
  return ACCELEROMETER_PARTS[sensor.split('-')[0] ?? ''] ?? { stillG: 0 };
}
