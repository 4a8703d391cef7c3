import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Clock,
  type ClockQuality,
  type DeviceRecord,
  MINUTE_MS,
  type RecordDraft,
} from '@jostle/contracts';
import type { Logger } from 'pino';
import manifest from '../package.json' with { type: 'json' };
import { machineBootId } from './clock/boot-id.ts';
import { SystemClock } from './clock/clock.ts';
import { ClockStanding, type TimeStanding } from './clock/clock-standing.ts';
import type { AgentConfig } from './config.ts';
import { agentSocketPath, answerAt } from './field/agent-socket.ts';
import { type GlanceFrame, SensorQuestions } from './field/sensor-questions.ts';
import { type SensorState, SensorStates } from './field/sensor-states.ts';
import type { AgentHealth } from './health/health.ts';
import { Outbox } from './outbox/outbox.ts';
import type { SensorQuestion } from './sensing/protocol.ts';
import { type SensingAnswer, SensingSupervisor } from './sensing-supervisor.ts';
import { openMqttLink } from './uplink/mqtt-link.ts';
import { Uplink } from './uplink/uplink.ts';

export { loadCalibrations } from './calibration/calibration-loading.ts';
export { AgentConfig, agentRules, readAgentConfig } from './config.ts';
export { sensingOf } from './sensing-settings.ts';

/** How often overdue messages are looked for. */
const PUMP_MS = 250;
/** How long a stopping agent waits for receipts; what has none then is sent at the next start. */
const DRAIN_MS = 700;
/** A rate over less than this says little: coverage comes once a minute. */
const RATE_AFTER_MS = 5 * MINUTE_MS;

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

/** Where an agent's records come from: a hardware worker of its own, or sensing that many agents share. */
export interface SensingSource {
  /** Those that were found at the start. */
  readonly sensors: readonly string[];
  /** How long it has not been heard of, ms; null while that says nothing. */
  readonly silenceMs: number | null;
  /** Asks it; the answer comes as `answered`, or never. */
  tell(question: SensorQuestion): void;
  /** Hands over what was measured and ends. */
  stop(): Promise<void>;
}

/** What a source tells its agent. */
export interface SensingEvents {
  ready(): void;
  /** `bootId` names the origin of the monotonic times. */
  records(drafts: readonly RecordDraft[], bootId: string): void;
  answered(answer: SensingAnswer): void;
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

export interface AgentStatus {
  deviceId: string;
  /** Version of the agent. */
  version: string;
  /** Wall clock of the agent, ms since the epoch: what the other times are to be compared with. */
  wallMs: number;
  /** Names this outbox file. */
  epoch: string;
  isConnected: boolean;
  /** Records without a receipt. */
  backlog: number;
  /** When the record was measured that has waited longest, ms since the epoch; null without a backlog. */
  oldestMeasuredAt: number | null;
  /** Records a day at the rate since the start; null in the first minutes. */
  storedPerDay: number | null;
  /** What the hardware worker found at its start. */
  sensors: readonly string[];
  /** How each sensor is, by its records since the start of the agent. */
  sensorStates: readonly SensorState[];
  /** ms since the epoch; of an earlier run where this one had none. */
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
  let isOutboxWritable = true;
  const startedMono = clock.monotonicMs();
  let stored = 0;
  const events: SensingEvents = {
    ready: () => sensingIsReady(),
    answered: (answer) => questions.receive(answer),
    records: (drafts, bootId) => {
      sensorStates.note(drafts);
      const records = store(outbox, drafts, bootId, log);
      stored += records?.length ?? 0;
      isOutboxWritable = records !== null;
      standing.note(records ?? []);
      uplink.pump();
    },
  };
  const facts = () => ({ lastMeasuredAt: outbox.lastMeasuredAt });
  const source = openSensing(events, { clock, bootId, facts });

  const questions = new SensorQuestions({ clock, ask: (question) => source.tell(question) });

  const status = (): AgentStatus => {
    sensorStates.found(source.sensors);
    return {
      deviceId,
      version: manifest.version,
      wallMs: clock.wallMs(),
      epoch: outbox.epoch,
      isConnected: uplink.isUp,
      backlog: outbox.count,
      oldestMeasuredAt: outbox.oldestMeasuredAt,
      storedPerDay: perDay(stored, clock.monotonicMs() - startedMono),
      sensors: source.sensors,
      sensorStates: sensorStates.list(),
      lastReceiptAt: uplink.lastReceiptAt ?? outbox.lastReceiptAt,
      clock: clock.quality(),
      time: standing.now(),
      freeBytes: freeBytesOf(dataDir),
    };
  };
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
    await uplink.close();
    log.info({ backlog: outbox.count }, 'agent has stopped');
    outbox.close();
  };
  let stopped: Promise<void> | undefined;
  return {
    lastMeasuredAt,
    sensing,
    status,
    health: () => ({ workerSilenceMs: source.silenceMs, isOutboxWritable }),
    stop: () => {
      stopped ??= stopAll();
      return stopped;
    },
  };
}

/**
 * A full or failing disk loses these drafts, and says so; it does not end the agent, which goes on measuring.
 *
 * @returns what is stored; null where it could not be
 */
function store(
  outbox: Outbox,
  drafts: readonly RecordDraft[],
  bootId: string,
  log: Logger,
): readonly DeviceRecord[] | null {
  try {
    return outbox.append(drafts, bootId);
  } catch (error) {
    log.error({ err: error, drafts: drafts.length }, 'records could not be stored');
    return null;
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

function perDay(records: number, elapsedMs: number): number | null {
  return elapsedMs < RATE_AFTER_MS ? null : Math.round((records * 1440 * MINUTE_MS) / elapsedMs);
}
