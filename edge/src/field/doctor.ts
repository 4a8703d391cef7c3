import { isJostleError } from '@jostle/contracts';
import type { I2cTransport } from '../io/transport.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { accessChecks } from './access-checks.ts';
import { agentChecks, noAgentChecks } from './agent-checks.ts';
import { examineAgentSensors } from './agent-sensors.ts';
import { expectedChips, identityCheck, sensorChecks, WATCH_MS } from './bus-checks.ts';
import { askAddress } from './bus-scan.ts';
import { calibrationChecks, sensingAt } from './calibration-store.ts';
import { type CheckResult, fail, ok, skipped } from './check-result.ts';
import { hostChecks } from './host-checks.ts';
import type { FieldStation } from './station.ts';

/** Examines the device from the machine to the sensors; while the agent has the bus, it is asked instead. */
export async function examine(station: FieldStation): Promise<CheckResult[]> {
  const { config, clock } = station;
  const status = await station.askAgent();
  const facts = await station.hostFacts(status !== null);
  const sensors = sensingAt(station);
  const now = clock.wallMs();
  return [
    ok('configuration', `valid for ${config.deviceId}: ${namesOf(sensors)}`),
    ...hostChecks(facts, config, now),
    ...calibrationChecks(station),
    ...(status === null ? noAgentChecks(facts, config, now) : agentChecks(status, config)),
    ...accessChecks(facts, sensors),
    ...(status === null
      ? await examineBus(station, sensors, facts.busFile.state === 'usable')
      : await examineAgentSensors(status, config.dataDir, sensors)),
  ];
}

async function examineBus(
  station: FieldStation,
  sensors: SensingConfig,
  isUsable: boolean,
): Promise<CheckResult[]> {
  if (!isUsable) return [skipped('sensors', 'the bus cannot be opened')];
  const bus = await openedBus(station);
  if ('verdict' in bus) return [bus];
  try {
    const identities: CheckResult[] = [];
    for (const chip of expectedChips(sensors)) {
      const answer = await askAddress(bus, chip.address);
      identities.push(identityCheck(chip, { address: chip.address, answer }));
    }
    // Only now, because johnny-five keeps the timers that it finds when it is loaded.
    const { SensorWatch } = await import('./sensor-watch.ts');
    const watch = await SensorWatch.open(bus, station.clock, sensors);
    await station.pass(WATCH_MS);
    const glances = watch.take();
    await watch.close();
    return [...identities, ...glances.flatMap(sensorChecks)];
  } finally {
    await bus.close();
  }
}

/** The bus, or why it cannot be opened though its file can. */
async function openedBus(station: FieldStation): Promise<I2cTransport | CheckResult> {
  try {
    return await station.openBus();
  } catch (error) {
    if (!isJostleError(error)) throw error;
    return fail('sensors', 'the bus cannot be opened', error.message);
  }
}

function namesOf(sensors: SensingConfig): string {
  const chips = expectedChips(sensors).map((c) => `${c.chip}@${c.address.toString(16)}`);
  return chips.length === 0 ? 'no sensors' : chips.join(', ');
}
