import { readFileSync } from 'node:fs';
import { readConfig } from '@jostle/contracts';
import Type, { type Static } from '@jostle/contracts/typebox';
import { AgentConfig, agentRules } from '@jostle/edge/agent';

/** What a simulated device reads from its environment: all that the agent reads, and its journey. */
export const SimulatedDeviceConfig = Type.Object({
  ...AgentConfig.properties,
  simulationFile: Type.String({
    env: 'JOSTLE_SIM_FILE',
    title: 'JSON file with seed, start, speed and journey of this device.',
    minLength: 1,
  }),
});
export type SimulatedDeviceConfig = Static<typeof SimulatedDeviceConfig>;

/** @throws JostleError CONFIG_INVALID naming every wrong key at once */
export function readSimulatedDeviceConfig(): SimulatedDeviceConfig {
  return readConfig(SimulatedDeviceConfig, process.env, (path) => readFileSync(path, 'utf8'), agentRules);
}
