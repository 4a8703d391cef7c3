import { Command } from 'commander';
import { pino } from 'pino';
import { type Agent, type AgentOptions, runAgent } from '../agent.ts';
import { type AgentConfig, readAgentConfig, readSimulatedConfig } from '../config.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import type { HardwareWorkerData } from '../hw-worker.ts';
import { sensingOf } from '../sensing-settings.ts';
import { orExit } from './exit-codes.ts';
import { knownJourney, simOption } from './field-station.ts';

/** `run`: the agent on the sensors of this machine, until SIGINT or SIGTERM. */
export function runCommand(): Command {
  return new Command('run')
    .description('Run the agent on the sensors of this machine')
    .addOption(simOption())
    .action(async ({ sim }: { sim?: string }) => {
      const { config, hardware } = sim === undefined ? thisHardware() : await simulatedHardware(sim);
      const log = pino({ level: config.logLevel, base: { part: 'edge', deviceId: config.deviceId } });
      if (sim !== undefined)
        log.info({ journey: sim, dataDir: config.dataDir }, 'sensors are simulated; ask it with --sim, too');
      stopOnSignal(orExit(() => runAgent({ config, ...hardware, log })));
    });
}

interface AgentHardware {
  config: AgentConfig;
  hardware: Pick<AgentOptions, 'workerUrl' | 'workerData'>;
}

function thisHardware(): AgentHardware {
  const config = orExit(readAgentConfig);
  const workerData: HardwareWorkerData = { bus: config.i2cBus, sensors: sensingOf(config) };
  return {
    config,
    hardware: {
      workerUrl: new URL('../hw-worker-entry.js', import.meta.url),
      workerData: () => workerData,
    },
  };
}

/** The same agent on simulated hardware: `status`, `live` and the others meet it with the same `--sim`. */
async function simulatedHardware(journey: string): Promise<AgentHardware> {
  const simulator = await loadSimulator();
  const config = readSimulatedConfig(knownJourney(simulator, journey));
  return { config, hardware: simulator.hardware(journey, config) };
}

function stopOnSignal(agent: Agent): void {
  const stop = () => void agent.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
}
