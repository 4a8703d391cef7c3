import { JostleError } from '@jostle/contracts';
import { Command } from 'commander';
import type { AgentStatus } from '../agent-status.ts';
import { readAgentConfig, readSimulatedConfig } from '../config.ts';
import { askAgentAt } from '../field/agent-client.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import { statusText } from '../field/status-text.ts';
import { thisMachine } from '../field/this-machine.ts';
import { knownJourney, simOption, simulationNotice } from './field-station.ts';

/** `status`: what the running agent says of itself. */
export function statusCommand(): Command {
  return new Command('status')
    .description('ask the running agent for backlog, last receipt, clock, sensors and disk')
    .option('--json', 'print the answer as JSON')
    .addOption(simOption())
    .action(async ({ json, sim }: { json?: true; sim?: string }, command: Command) => {
      const status = sim === undefined ? await askThisMachine() : await askSimulated(sim);
      const text = json
        ? `${JSON.stringify(status, null, 2)}\n`
        : simulationNotice(sim ?? null) + statusText(status);
      command.configureOutput().writeOut?.(text);
    });
}

async function askThisMachine(): Promise<AgentStatus> {
  const station = thisMachine(readAgentConfig());
  const status = await station.askAgent();
  if (status !== null) return status;
  throw new JostleError(
    'EDGE_AGENT_ABSENT',
    `No agent answers in ${station.config.dataDir}: start it with \`jostle-edge run\`, or name its folder in JOSTLE_DATA_DIR.`,
  );
}

/** The simulated agent where `run --sim` has started one; otherwise what one would say. */
async function askSimulated(journey: string): Promise<AgentStatus> {
  const simulator = await loadSimulator();
  const running = await askAgentAt(readSimulatedConfig(knownJourney(simulator, journey)).dataDir);
  return running ?? simulator.agentStatus(journey);
}
