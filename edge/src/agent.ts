import { join } from 'node:path';
import type { Clock } from '@jostle/contracts';
import type { Logger } from 'pino';
import { type AgentStatus, statusOf } from './agent-status.ts';
import { machineBootId } from './clock/boot-id.ts';
import { SystemClock } from './clock/clock.ts';
import type { AgentConfig } from './config.ts';
import { agentSocketPath, answerAt } from './field/agent-socket.ts';
import { type GlanceFrame, SensorQuestions } from './field/sensor-questions.ts';
import type { AgentHealth } from './health/health.ts';
import { Outbox } from './outbox/outbox.ts';
import { RecordKeeper } from './record-keeper.ts';
import type { SensingEvents, SensingSource } from './sensing-source.ts';
import { SensingSupervisor } from './sensing-supervisor.ts';
import { openMqttLink } from './uplink/mqtt-link.ts';
import { Uplink } from './uplink/uplink.ts';

export { loadCalibrations } from './calibration/calibration-loading.ts';
export { AgentConfig, agentRules, readAgentConfig } from './config.ts';
export { sensingOf } from './sensing-settings.ts';
export type { SensingEvents, SensingSource } from './sensing-source.ts';

/** How often overdue messages are looked for. */
const PUMP_MS = 250;
/** How often what the disk did not take is offered to it again. */
const RETRY_MS = 5_000;
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

export interface SourcedAgentOptions {
  config: AgentConfig;
  /** `bootId` is that of `clock`; a source on another clock gives its records a boot of their own. */
  openSensing(
    events: SensingEvents,
    agent: { clock: Clock; bootId: string; facts(): AgentFacts },
  ): SensingSource;
  log: Logger;
}

export interface Agent extends AgentFacts {
  /** Resolves when the hardware worker has found its sensors for the first time. */
  sensing: Promise<void>;
  status(): AgentStatus;
  /** How many records have no receipt, and whether it is connected; cheap enough to ask a fleet of agents often. */
  delivery(): { backlog: number; isConnected: boolean };
  /** What the service manager's watchdog decides by. */
  health(): AgentHealth;
  /** Commits what was measured, tries to deliver it, says goodbye. Resolves within 3 s. */
  stop(): Promise<void>;
}

/**
 * Runs the agent of one device: hardware worker → outbox → uplink.
 *
 * @throws JostleError EDGE_OUTBOX_IN_USE where another agent uses the data directory
 */
export function runAgent({ config, workerUrl, workerData, log }: AgentOptions): Agent {
  return runAgentOn({
    config,
    log,
    openSensing: (events, { clock, bootId, facts }) =>
      new SensingSupervisor({
        workerUrl,
        workerData: () => workerData(facts()),
        bootId,
        clock,
        log,
        ...events,
      }),
  });
}

/**
 * Runs an agent whose records come from elsewhere than a worker of its own: source → outbox → uplink.
 *
 * @throws JostleError EDGE_OUTBOX_IN_USE where another agent uses the data directory
 */
export function runAgentOn({ config, openSensing, log }: SourcedAgentOptions): Agent {
  const { deviceId, deviceToken, dataDir, mqttUrl, outboxMaxRecords } = config;
  const clock = new SystemClock();
  const bootId = machineBootId();
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
  const keeper = new RecordKeeper(outbox, clock, log);
  const retryTimer = setInterval(() => keeper.retry(), RETRY_MS);
  const events: SensingEvents = {
    ready: () => sensingIsReady(),
    answered: (answer) => questions.receive(answer),
    records: (drafts, origin) => {
      keeper.keep(drafts, origin);
      uplink.pump();
    },
  };
  const facts = () => ({ lastMeasuredAt: outbox.lastMeasuredAt });
  const source = openSensing(events, { clock, bootId, facts });

  const questions = new SensorQuestions({ clock, ask: (question) => source.tell(question) });

  const status = () => statusOf({ config, clock, outbox, uplink, keeper, source });
  const answers = {
    status,
    outbox: () => outbox.summary(),
    scan: () => questions.scan(),
    follow: (show: (frame: GlanceFrame) => void) => questions.follow(show),
  };
  const socket = answerAt(agentSocketPath(dataDir), answers, log);

  const stopAll = async () => {
    socket.close();
    questions.close();
    await source.stop();
    await uplink.drained(AbortSignal.timeout(DRAIN_MS));
    clearInterval(pumpTimer);
    clearInterval(retryTimer);
    await uplink.close();
    // After the last receipts: what they cover makes room.
    keeper.close();
    log.info({ backlog: outbox.count }, 'agent has stopped');
    outbox.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    lastMeasuredAt,
    sensing,
    status,
    delivery: () => ({ backlog: outbox.count, isConnected: uplink.isUp }),
    health: () => ({ workerSilenceMs: source.silenceMs, isOutboxWritable: keeper.isWritable }),
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}
