/** A simulated device as a process: the real edge agent, whose hardware worker has simulated chips. */
import { dirname } from 'node:path';
import { isJostleError } from '@jostle/contracts';
import { type Agent, loadCalibrations, runAgent, sensingOf } from '@jostle/edge/agent';
import { pino } from 'pino';
import { writeTruth } from '../truth/truth-file.ts';
import { readSimulatedDeviceConfig } from './config.ts';
import type { SimWorkerInput } from './sim-worker-input.ts';
import { readSimulationFile } from './simulation-file.ts';

/** Exit status for a wrong configuration (EX_CONFIG of sysexits.h). */
const EXIT_CONFIG = 78;

function start(): Agent {
  const config = readSimulatedDeviceConfig();
  const { seed, simFromMs, speed, journey } = readSimulationFile(config.simulationFile);
  writeTruth(dirname(config.simulationFile), config.deviceId, journey);
  const log = pino({ level: config.logLevel, base: { part: 'device', deviceId: config.deviceId } });
  const sensors = sensingOf(config, loadCalibrations(config.dataDir, log));
  return runAgent({
    config,
    workerUrl: new URL('./sim-hw-worker-entry.js', import.meta.url),
    // A device that was there before goes on where it left off: no minute is measured twice.
    workerData: ({ lastMeasuredAt }): SimWorkerInput => ({
      seed,
      journey,
      simFromMs: Math.max(simFromMs, lastMeasuredAt ?? 0),
      speed,
      sensors,
    }),
    log,
  });
}

try {
  const agent = start();
  const stop = () => void agent.stop().then(() => process.exit(0));
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('disconnect', stop);
  await agent.sensing;
  process.send?.({ type: 'ready' });
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(isJostleError(error, 'CONFIG_INVALID') ? EXIT_CONFIG : 1);
}
