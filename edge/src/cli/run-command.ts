import { Command } from 'commander';
import { pino } from 'pino';
import { type Agent, runAgent } from '../agent.ts';
import { loadCalibrations } from '../calibration/calibration-loading.ts';
import { SystemClock } from '../clock/clock.ts';
import { readAgentConfig } from '../config.ts';
import { readServiceManager } from '../health/config.ts';
import { reportToServiceManager, type ServiceReport } from '../health/service-report.ts';
import type { HardwareWorkerData } from '../hw-worker.ts';
import { sensingOf } from '../sensing-settings.ts';
import { orExit } from './exit-codes.ts';

/** `run`: the agent on the sensors of this machine, until SIGINT or SIGTERM. */
export function runCommand(): Command {
  return new Command('run').description('Run the agent on the sensors of this machine').action(() => {
    const config = orExit(readAgentConfig);
    const log = pino({ level: config.logLevel, base: { part: 'edge', deviceId: config.deviceId } });
    const { i2cBus, board } = config;
    const sensors = sensingOf(config, loadCalibrations(config.dataDir, log));
    const workerData: HardwareWorkerData = { bus: { i2cBus, board }, sensors };
    const agent = orExit(() =>
      runAgent({
        config,
        workerUrl: new URL('../hw-worker-entry.js', import.meta.url),
        workerData: () => workerData,
        log,
      }),
    );
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

function summaryOf(agent: Agent): string {
  const { isConnected, backlog } = agent.status();
  return `${isConnected ? 'connected' : 'no connection'}, ${backlog} records without a receipt`;
}

function stopOnSignal(agent: Agent, report: ServiceReport): void {
  const stop = () => void Promise.all([report.stopping(), agent.stop()]).then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
}
