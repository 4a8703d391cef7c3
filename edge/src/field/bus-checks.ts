import type { SensingConfig } from '../sensing/sensing-config.ts';
import { sensorName } from '../sensing/sensor-name.ts';
import type { ScannedAddress } from './bus-scan.ts';
import { type CheckResult, fail, ok, skipped, warn } from './check-result.ts';
import { isKind } from './chip-catalogue.ts';
import { type ClimateGlance, isFresh, type SensorGlance, type ShockGlance } from './glance.ts';
import { type ExpectedChip, verdictOf } from './scan-text.ts';
import type { HostFacts } from './station.ts';

/** More failed transfers than this come from the cable, and will sooner or later cost values. */
const NACK_SHARE_MAX = 0.01;
/** Tolerance of |g| at rest, g: ours; a zero offset beyond it shifts drop heights and must be taken off. */
const REST_TOLERANCE_G = 0.3;
/**
 * Spread of a device that lies still, g, all axes together: three times the noise of 5 mg/√Hz over 400 Hz in three
 * axes (ADXL375 datasheet rev. B, Specifications).
 */
const STILL_G = 0.5;
/** What 1 g reads where an ADXL345 sits in the place: 256 counts in place of 20.5 (datasheets, Sensitivity). */
const ADXL345_AT_REST_G: readonly [number, number] = [11, 14];
const RATE_TOLERANCE_HZ = 800 * 0.05;

/** The chips that the configuration asks for. */
export function expectedChips(sensors: SensingConfig): ExpectedChip[] {
  return [...sensors.climate, ...(sensors.shock === null ? [] : [sensors.shock])];
}

export function busFileCheck({ path, state }: HostFacts['busFile']): CheckResult {
  const check = 'bus';
  if (state === 'absent')
    return fail(
      check,
      `${path} is not there`,
      'Add dtparam=i2c_arm=on to /boot/firmware/config.txt and restart.',
    );
  if (state === 'denied')
    return fail(check, `${path} may not be opened`, 'Add the user to the group i2c, and log in again.');
  return ok(check, `${path} can be opened`);
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

/** Whether values come and how old they are; for the shock recorder also its rate and what it reads at rest. */
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

export function readingText(reading: NonNullable<ClimateGlance['reading']>): string {
  const { temperatureC, relativeHumidityPct, pressureHpa } = reading;
  return [
    temperatureC === undefined ? [] : `${temperatureC.toFixed(1)} °C`,
    relativeHumidityPct === undefined ? [] : `${relativeHumidityPct.toFixed(1)} %RH`,
    pressureHpa === undefined ? [] : `${pressureHpa.toFixed(0)} hPa`,
  ]
    .flat()
    .join(', ');
}

function samplesCheck({ sensor, samples, lostSamples, rateHz, fault }: ShockGlance): CheckResult {
  const check = `${sensor} samples`;
  if (fault !== null) return fail(check, fault, 'Check cable, supply and address of the shock recorder.');
  if (samples === 0 || rateHz === null)
    return fail(check, 'no sample came', 'Switch the supply of the chip off and on.');
  const found = `${rateHz.toFixed(0)} Hz, ${lostSamples} lost`;
  if (lostSamples > 0)
    return warn(
      check,
      found,
      'Set dtparam=i2c_arm_baudrate=400000; see whether another program keeps the processor or the bus busy.',
    );
  if (Math.abs(rateHz - 800) > RATE_TOLERANCE_HZ)
    return warn(check, found, 'The oscillator is far off 800 Hz: replace the chip if it stays so.');
  return ok(check, found);
}

function restCheck({ sensor, meanG, unrestG, fault }: ShockGlance): CheckResult {
  const check = `${sensor} at rest`;
  if (fault !== null || meanG === null) return skipped(check, 'no samples to judge by');
  const restG = Math.hypot(...meanG);
  const found = `|g| = ${restG.toFixed(2)}`;
  if (unrestG > STILL_G)
    return warn(check, `${found}, but the device is moving`, 'Lay it still and run the doctor again.');
  if (restG >= ADXL345_AT_REST_G[0] && restG <= ADXL345_AT_REST_G[1])
    return fail(check, `${found}: the chip is an ADXL345`, 'Fit an ADXL375: the other ends at 16 g.');
  if (Math.abs(restG - 1) <= REST_TOLERANCE_G) return ok(check, found);
  const axes = meanG.map((g) => g.toFixed(2)).join(', ');
  return warn(check, `${found} (${axes})`, 'Run `jostle-edge calibrate` with the device lying still.');
}
