import { isJostleError } from '@jostle/contracts';
import type { AgentStatus } from '../agent-status.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { askScanAt, followAgentAt } from './agent-client.ts';
import { expectedChips, identityCheck, sensorChecks } from './bus-checks.ts';
import { type CheckResult, fail, ok } from './check-result.ts';
import type { AccelerometerGlance, SensorGlance } from './glance.ts';

/** Seconds of the agent's own sampling that are looked at. */
const FRAMES = 3;

/** What the sensors of a running agent are like, as the agent itself sees them. */
export async function examineAgentSensors(
  status: AgentStatus,
  dataDir: string,
  sensors: SensingConfig,
): Promise<CheckResult[]> {
  try {
    const scanned = await askScanAt(dataDir);
    const identities = expectedChips(sensors).flatMap((chip) => {
      const found = scanned.find(({ address }) => address === chip.address);
      return found === undefined ? [] : [identityCheck(chip, found)];
    });
    const glances = await watchedGlances(dataDir);
    const named = new Set(glances.map(({ sensor }) => sensor));
    const others = status.sensorStates.filter(({ sensor, fault }) => fault !== null && !named.has(sensor));
    return [...identities, ...glances.flatMap(sensorChecks), ...others.map(stateCheck)];
  } catch (error) {
    if (!isJostleError(error, 'EDGE_AGENT_ABSENT')) throw error;
    // Its records still say how the sensors were.
    return [fail('sensors', 'the hardware worker does not answer', error.message)].concat(
      status.sensorStates.map(stateCheck),
    );
  }
}

async function watchedGlances(dataDir: string): Promise<SensorGlance[]> {
  const frames: SensorGlance[][] = [];
  for await (const { glances } of followAgentAt(dataDir, new AbortController().signal)) {
    frames.push(glances);
    if (frames.length >= FRAMES) break;
  }
  return together(frames);
}

/** The last look at each sensor, with what an accelerometer saw in all of them. */
export function together(frames: readonly SensorGlance[][]): SensorGlance[] {
  return (frames.at(-1) ?? []).map((last) => {
    if (last.kind === 'climate') return last;
    const looks = frames
      .flat()
      .filter((g): g is AccelerometerGlance => g.kind !== 'climate' && g.sensor === last.sensor);
    const sum = (of: (glance: AccelerometerGlance) => number) =>
      looks.reduce((total, look) => total + of(look), 0);
    return {
      ...last,
      samples: sum(({ samples }) => samples),
      lostSamples: sum(({ lostSamples }) => lostSamples),
      peakG: last.peakG === null ? null : Math.max(...looks.map(({ peakG }) => peakG ?? 0)),
      isClipped: looks.some(({ isClipped }) => isClipped),
      unrestG: Math.max(...looks.map(({ unrestG }) => unrestG)),
    };
  });
}

function stateCheck({ sensor, fault }: AgentStatus['sensorStates'][number]): CheckResult {
  if (fault === null) return ok(sensor, 'gives values');
  return fail(sensor, `${fault.reason}: ${fault.detail}`, 'Check cable, address and supply of this sensor.');
}
