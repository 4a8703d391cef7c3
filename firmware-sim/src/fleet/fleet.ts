import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { DEFAULT_SENSING } from '@jostle/edge/sensing';
import type { Logger } from 'pino';
import { writeTruth } from '../truth/truth-file.ts';
import { truthOf } from '../world/truth.ts';
import { FleetAgents } from './fleet-agents.ts';
import type { FleetOptions } from './fleet-options.ts';
import type { FleetRoster } from './fleet-roster.ts';
import { SensingThreads } from './sensing-threads.ts';

/** How a fleet is getting on, or got on. */
export interface FleetReport {
  devices: number;
  connected: number;
  generated: number;
  confirmed: number;
  waiting: number;
  /** Incidents of the journeys; bumps of the road and rebounds left out. */
  incidents: number;
  shocks: number;
  /** Simulated time that has passed for all, ms. */
  livedMs: number;
  /** Simulated time in which devices were switched on, summed over them, ms. */
  deviceMs: number;
  /** From the start of sensing to its end or to now, real ms. */
  tookMs: number;
  /** Processor time of all threads of the process since the start of sensing, ms. */
  processorMs: number;
  /** Resident memory of the process, bytes. */
  memoryBytes: number;
}

export interface FleetParts {
  roster: FleetRoster;
  options: FleetOptions;
  log: Logger;
  /** Called a few times a second. */
  progress(report: FleetReport): void;
  /** Ends the journeys early; what was measured is still delivered. */
  signal: AbortSignal;
}

const LOOK_MS = 500;

/**
 * Runs a fleet from the first record to the last receipt.
 *
 * @throws JostleError EDGE_OUTBOX_IN_USE, CONFIG_INVALID where a token is missing
 */
export async function runFleet({ roster, options, log, progress, signal }: FleetParts): Promise<FleetReport> {
  const { devices } = roster;
  const { truthDir } = options;
  if (truthDir !== undefined) for (const { id, journey } of devices) writeTruth(truthDir, id, journey);
  const incidents = devices.reduce((sum, { journey }) => sum + incidentsOf(journey), 0);

  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'jostle-fleet-'));
  const agents = new FleetAgents(devices, options, dataDir, log);
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  const sensing = new SensingThreads({
    roster,
    threads: options.threads,
    speed: options.speed,
    sensors: DEFAULT_SENSING,
    message: (id, message) => agents.take(id, message),
  });
  signal.addEventListener('abort', () => sensing.end(), { once: true });
  if (signal.aborted) sensing.end();

  let endedAt: number | undefined;
  const report = (): FleetReport => ({
    devices: devices.length,
    ...agents.tally(),
    generated: agents.generated,
    incidents,
    shocks: agents.shocks,
    livedMs: sensing.simMs - roster.simFromMs,
    deviceMs: devices.reduce((sum, { onAt }) => sum + Math.max(0, sensing.simMs - onAt), 0),
    tookMs: (endedAt ?? performance.now()) - startedAt,
    processorMs: processorMs(cpuBefore),
    memoryBytes: process.memoryUsage.rss(),
  });
  const looking = setInterval(() => progress(report()), LOOK_MS);
  try {
    await sensing.ended;
    endedAt = performance.now();
    await drained(agents, options.drainS * 1000);
    return report();
  } finally {
    clearInterval(looking);
    await agents.stop();
    if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true });
  }
}

async function drained(agents: FleetAgents, limitMs: number): Promise<void> {
  const deadline = performance.now() + limitMs;
  while (agents.tally().waiting > 0 && performance.now() < deadline) await wait(LOOK_MS);
}

function processorMs(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

function incidentsOf(journey: FleetRoster['devices'][number]['journey']): number {
  return truthOf(journey).filter(({ kind, isRebound }) => kind !== 'bump' && !isRebound).length;
}
