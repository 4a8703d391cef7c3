import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import type { ClockQuality, DeviceRecord, RecordDraft } from '@jostle/contracts';
import type { Logger } from 'pino';
import { machineBootId } from './clock/boot-id.ts';
import { SystemClock } from './clock/clock.ts';
import { ClockStanding, type TimeStanding } from './clock/clock-standing.ts';
import type { AgentConfig } from './config.ts';
import { agentSocketPath, answerAt } from './field/agent-socket.ts';
import { type SensorState, SensorStates } from './field/sensor-states.ts';
import { Outbox } from './outbox/outbox.ts';
import { SensingSupervisor } from './sensing-supervisor.ts';
import { openMqttLink } from './uplink/mqtt-link.ts';
import { Uplink } from './uplink/uplink.ts';

export { AgentConfig, readAgentConfig } from './config.ts';
export { sensingOf } from './sensing-settings.ts';

/** How often overdue messages are looked for. */
const PUMP_MS = 250;
/** How long a stopping agent waits for receipts; what has none then is sent at the next start. */
const DRAIN_MS = 700;

/** What a hardware worker may want to know before it starts. */
export interface AgentFacts {
  /** Latest `measuredAt` of the outbox, ms since the epoch; null for a new outbox. */
  lastMeasuredAt: number | null;
}

export interface AgentOptions {
  config: AgentConfig;
  /** Entry of the hardware worker, in JavaScript that registers its own loader; it speaks the messages of `FromSensing` and `ToSensing`. */
  workerUrl: URL;
  /** Data for the worker, asked at each of its starts. */
  workerData: (facts: AgentFacts) => unknown;
  log: Logger;
}

export interface AgentStatus {
  deviceId: string;
  /** Names this outbox file. */
  epoch: string;
  isConnected: boolean;
  /** Records without a receipt. */
  backlog: number;
  /** What the hardware worker found at its start. */
  sensors: readonly string[];
  /** How each sensor is, by its records since the start of the agent. */
  sensorStates: readonly SensorState[];
  /** ms since the epoch. */
  lastReceiptAt: number | null;
  clock: ClockQuality;
  time: TimeStanding;
  /** Room for the outbox to grow; null where the folder cannot be asked. */
  freeBytes: number | null;
}

export interface Agent extends AgentFacts {
  /** Resolves when the hardware worker has found its sensors for the first time. */
  sensing: Promise<void>;
  status(): AgentStatus;
  /** Commits what was measured, tries to deliver it, says goodbye. Resolves within 3 s. */
  stop(): Promise<void>;
}

/**
 * Runs the agent of one device: hardware worker → outbox → uplink.
 *
 * @throws JostleError EDGE_OUTBOX_IN_USE where another agent uses the data directory
 */
export function runAgent({ config, workerUrl, workerData, log }: AgentOptions): Agent {
  const { deviceId, deviceToken, dataDir, mqttUrl, outboxMaxRecords } = config;
  const clock = new SystemClock();
  const bootId = machineBootId();
  const standing = new ClockStanding(clock);
  const outbox = new Outbox({ path: join(dataDir, 'outbox.db'), log, maxRecords: outboxMaxRecords });
  const { lastMeasuredAt } = outbox;
  log.info({ epoch: outbox.epoch, backlog: outbox.count }, 'outbox is open');

  const link = { url: mqttUrl, deviceId, token: deviceToken, random: Math.random, log };
  const uplink = new Uplink({
    outbox,
    bootId,
    openLink: (events) => openMqttLink(link, events),
    clock,
    random: Math.random,
    log,
  });
  const pumpTimer = setInterval(() => uplink.pump(), PUMP_MS);

  let sensingIsReady = () => {};
  const sensing = new Promise<void>((resolve) => {
    sensingIsReady = resolve;
  });
  const sensorStates = new SensorStates();
  const supervisor = new SensingSupervisor({
    workerUrl,
    workerData: () => workerData({ lastMeasuredAt: outbox.lastMeasuredAt }),
    bootId,
    clock,
    log,
    ready: () => sensingIsReady(),
    records: (drafts, bootId) => {
      sensorStates.note(drafts);
      standing.note(store(outbox, drafts, bootId, log));
      uplink.pump();
    },
  });

  const status = (): AgentStatus => {
    sensorStates.found(supervisor.sensors);
    return {
      deviceId,
      epoch: outbox.epoch,
      isConnected: uplink.isUp,
      backlog: outbox.count,
      sensors: supervisor.sensors,
      sensorStates: sensorStates.list(),
      lastReceiptAt: uplink.lastReceiptAt,
      clock: clock.quality(),
      time: standing.now(),
      freeBytes: freeBytesOf(dataDir),
    };
  };
  const socket = answerAt(agentSocketPath(dataDir), status, log);

  const stopAll = async () => {
    socket.close();
    await supervisor.stop();
    await uplink.drained(AbortSignal.timeout(DRAIN_MS));
    clearInterval(pumpTimer);
    await uplink.close();
    log.info({ backlog: outbox.count }, 'agent has stopped');
    outbox.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    lastMeasuredAt,
    sensing,
    status,
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

/** A full or failing disk loses these drafts, and says so; it does not end the agent, which goes on measuring. */
function store(
  outbox: Outbox,
  drafts: readonly RecordDraft[],
  bootId: string,
  log: Logger,
): readonly DeviceRecord[] {
  try {
    return outbox.append(drafts, bootId);
  } catch (error) {
    log.error({ err: error, drafts: drafts.length }, 'records could not be stored');
    return [];
  }
}

function freeBytesOf(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
