import { Command } from 'commander';
import { pino } from 'pino';
import { type Agent, runAgent } from '../agent.ts';
import { loadCalibrations } from '../calibration/calibration-loading.ts';
import { readAgentConfig } from '../config.ts';
import type { HardwareWorkerData } from '../hw-worker.ts';
import { sensingOf } from '../sensing-settings.ts';
import { orExit } from './exit-codes.ts';

/** `run`: the agent on the sensors of this machine, until SIGINT or SIGTERM. */
export function runCommand(): Command {
  return new Command('run').description('Run the agent on the sensors of this machine').action(() => {
    const config = orExit(readAgentConfig);
    const log = pino({ level: config.logLevel, base: { part: 'edge', deviceId: config.deviceId } });
    const sensors = sensingOf(config, loadCalibrations(config.dataDir, log));
    const workerData: HardwareWorkerData = { bus: config.i2cBus, sensors };
    const agent = orExit(() =>
      runAgent({
        config,
        workerUrl: new URL('../hw-worker-entry.js', import.meta.url),
        workerData: () => workerData,
        log,
      }),
    );
    stopOnSignal(agent);
  });
}

function stopOnSignal(agent: Agent): void {
  const stop = () => void agent.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
}
