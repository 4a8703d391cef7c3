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
const RATE_TOLERANCE = 0.05;

interface ShockPart {
  /** Rates at which the agent runs it, Hz. */
  ratesHz: readonly number[];
  /** Spread of a device that lies still, g, all axes together: three times the noise over half of that rate. */
  stillG: number;
  /** The part that has the same id, and what it reads here at rest, g. */
  lookalike?: { name: string; atRestG: readonly [number, number]; differs: string };
}

/**
 * Noise is 5 mg/√Hz of an ADXL375 and 3.5 counts over 3200 Hz of an ADXL372 (their datasheets, Specifications). A g is 20.5
 * counts of an ADXL375, with a zero that may be as far off, and 256 of an ADXL345 (same, Sensitivity).
 */
const SHOCK_PARTS: Readonly<Record<string, ShockPart>> = {
  adxl375: {
    ratesHz: [800],
    stillG: 0.5,
    lookalike: { name: 'ADXL345', atRestG: [11, 14], differs: 'the other ends at 16 g' },
  },
  adxl345: {
    ratesHz: [800],
    stillG: 0.2,
    lookalike: { name: 'ADXL375', atRestG: [0, 0.3], differs: 'the other has a twelfth of the resolution' },
  },
  adxl372: { ratesHz: [1600, 3200], stillG: 1.3 },
  lis3dh: { ratesHz: [1344], stillG: 0.2 },
};

/** The chips that the configuration asks for. */
export function expectedChips(sensors: SensingConfig): ExpectedChip[] {
  const { climate, shock, tilt } = sensors;
  return [...climate, ...[shock, tilt].filter((chip) => chip !== null)];
}

/** What brings a device file about, and the group that may open it. */
const BUS_FILES = {
  i2c: { present: 'Add dtparam=i2c_arm=on to /boot/firmware/config.txt and restart.', group: 'i2c' },
  serial: {
    present: 'Plug in the Arduino, and name its port in BOARD: `ls /dev/ttyACM* /dev/ttyUSB*` shows it.',
    group: 'dialout',
  },
} as const;

export function busFileCheck({ kind, path, state }: HostFacts['busFile']): CheckResult {
  const check = 'bus';
  if (kind === 'network') return skipped(check, `an Arduino at ${path}, asked for the sensors`);
  const { present, group } = BUS_FILES[kind];
  if (state === 'absent') return fail(check, `${path} is not there`, present);
  if (state === 'denied')
    return fail(check, `${path} may not be opened`, `Add the user to the group ${group}, and log in again.`);
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
  if (!partOf(sensor).ratesHz.some((nominal) => Math.abs(rateHz / nominal - 1) <= RATE_TOLERANCE))
    return warn(
      check,
      found,
      `The oscillator is far off ${partOf(sensor).ratesHz.join(' or ')} Hz: replace the chip if it stays so.`,
    );
  return ok(check, found);
}

function restCheck({ sensor, meanG, unrestG, fault }: ShockGlance): CheckResult {
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
  return warn(check, `${found} (${axes})`, 'Run `jostle-edge calibrate` with the device lying still.');
}

function partOf(sensor: string): ShockPart {
  return SHOCK_PARTS[sensor.split('-')[0] ?? ''] ?? { ratesHz: [], stillG: 0 };
}
