import { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { type Agent, type AgentOptions, runAgent } from '../agent.ts';
import { loadCalibrations } from '../calibration/calibration-loading.ts';
import { SystemClock } from '../clock/clock.ts';
import { type AgentConfig, readAgentConfig, readSimulatedConfig } from '../config.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import { readServiceManager } from '../health/config.ts';
import { reportToServiceManager, type ServiceReport } from '../health/service-report.ts';
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
      const { config, log, hardware } = sim === undefined ? thisHardware() : await simulatedHardware(sim);
      const agent = orExit(() => runAgent({ config, ...hardware, log }));
      const report = reportToServiceManager({
        manager: orExit(readServiceManager),
        health: agent.health,
        summary: () => summaryOf(agent),
        clock: new SystemClock(),
        log,
      });
      stopOnSignal(agent, report);
    });
}

interface AgentHardware {
  config: AgentConfig;
  log: Logger;
  hardware: Pick<AgentOptions, 'workerUrl' | 'workerData'>;
}

function thisHardware(): AgentHardware {
  const config = orExit(readAgentConfig);
  const log = logOf(config);
  const { i2cBus, board } = config;
  const sensors = sensingOf(config, loadCalibrations(config.dataDir, log));
  const workerData: HardwareWorkerData = { bus: { i2cBus, board }, sensors };
  return {
    config,
    log,
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
  const log = logOf(config);
  log.info({ journey, dataDir: config.dataDir }, 'sensors are simulated; ask it with --sim, too');
  return { config, log, hardware: simulator.hardware(journey, config) };
}

function logOf({ logLevel, deviceId }: AgentConfig): Logger {
  return pino({ level: logLevel, base: { part: 'edge', deviceId } });
}

function summaryOf(agent: Agent): string {
  const { isConnected, backlog, unstored } = agent.status();
  const waiting = unstored === 0 ? '' : `, ${unstored} in memory: the disk takes none`;
  return `${isConnected ? 'connected' : 'no connection'}, ${backlog} records without a receipt${waiting}`;
}

function stopOnSignal(agent: Agent, report: ServiceReport): void {
  const stop = () => void Promise.all([report.stopping(), agent.stop()]).then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
}
