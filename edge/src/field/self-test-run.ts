import { I2cFault, type I2cTransport } from '../io/transport.ts';
import type { ClimateChip, SensingConfig } from '../sensing/sensing-config.ts';
import { sensorName } from '../sensing/sensor-name.ts';
import { type SelfTestReport, selfTest } from '../sensing/shock/self-test.ts';
import { expectedChips, identityCheck, sensorChecks, WATCH_MS } from './bus-checks.ts';
import { askAddress } from './bus-scan.ts';
import { sensingAt } from './calibration-store.ts';
import { type CheckResult, fail, ok } from './check-result.ts';
import { heaterObeys } from './self-test-heater.ts';
import type { FieldStation } from './station.ts';

/** Lets every configured sensor prove itself: id, then its own self-test, or a fresh reading where it has none. */
export async function selfTestSensors(station: FieldStation): Promise<CheckResult[]> {
  const sensors = sensingAt(station);
  const bus = await station.openBus();
  try {
    const results: CheckResult[] = [];
    for (const chip of expectedChips(sensors)) {
      const identity = identityCheck(chip, {
        address: chip.address,
        answer: await askAddress(bus, chip.address),
      });
      results.push(identity);
      if (identity.verdict !== 'ok') continue;
      results.push(...(await ownTest(bus, sensors, chip.address, station.pass)));
    }
    return [...results, ...(await climateValues(station, bus, sensors))];
  } finally {
    await bus.close();
  }
}

async function ownTest(
  bus: I2cTransport,
  { shock, tilt, climate }: SensingConfig,
  address: number,
  pass: FieldStation['pass'],
): Promise<CheckResult[]> {
  const accelerometer = [shock, tilt].find((one) => one?.address === address) ?? null;
  if (accelerometer !== null)
    return [pushCheck(sensorName(accelerometer), await selfTest(bus, accelerometer, pass))];
  const chip = climate.find((one) => one.address === address);
  return chip === undefined ? [] : heaterChecks(bus, chip);
}

/** The chip pushes its own mass: a spring that is broken or stuck does not move as far. */
export function pushCheck(sensor: string, report: SelfTestReport): CheckResult {
  const check = `${sensor} self-test`;
  if (report.kind === 'no-answer')
    return fail(
      check,
      `no answer: ${report.detail}`,
      'Check cable and supply, and run `jostle-edge doctor`.',
    );
  const { deltaG, limitsG } = report;
  const moved = (['x', 'y', 'z'] as const).flatMap((axis) => {
    const limit = limitsG[axis];
    if (limit === undefined) return [];
    const range =
      limit.max === Number.POSITIVE_INFINITY ? `from ${limit.min}` : `${limit.min} to ${limit.max}`;
    return [`${axis} moved ${deltaG[axis].toFixed(2)} g (${range})`];
  });
  const found = moved.join(', ');
  return report.kind === 'passed'
    ? ok(check, found)
    : fail(check, found, 'Lay the device still and try again; replace the chip if it fails again.');
}

async function heaterChecks(bus: I2cTransport, chip: ClimateChip): Promise<CheckResult[]> {
  const check = `${sensorName(chip)} heater`;
  try {
    const obeys = await heaterObeys(bus, chip);
    if (obeys === null) return [];
    return [
      obeys
        ? ok(check, 'goes on and off as told')
        : fail(
            check,
            'does not do as it is told, or its replies are damaged',
            'Switch the supply of the chip off and on; check cable and pull-ups; then replace it.',
          ),
    ];
  } catch (error) {
    if (!(error instanceof I2cFault)) throw error;
    return [fail(check, error.message, 'Check cable and supply.')];
  }
}

/** A reading through the agent's own drivers: in range, with the right checksum, and new. */
async function climateValues(
  station: FieldStation,
  bus: I2cTransport,
  sensors: SensingConfig,
): Promise<CheckResult[]> {
  if (sensors.climate.length === 0) return [];
  // Only now, because johnny-five keeps the timers that it finds when it is loaded.
  const { SensorWatch } = await import('./sensor-watch.ts');
  const watch = await SensorWatch.open(bus, station.clock, { ...sensors, shock: null, tilt: null });
  await station.pass(WATCH_MS);
  const glances = watch.take();
  await watch.close();
  return glances.flatMap(sensorChecks);
}
