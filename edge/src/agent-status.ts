import { statfsSync } from 'node:fs';
import type { Clock, ClockQuality } from '@jostle/contracts';
import manifest from '../package.json' with { type: 'json' };
import type { TimeStanding } from './clock/clock-standing.ts';
import type { AgentConfig } from './config.ts';
import type { SensorState } from './field/sensor-states.ts';
import type { Outbox } from './outbox/outbox.ts';
import type { RecordKeeper } from './record-keeper.ts';
import type { SensingSource } from './sensing-source.ts';
import type { Uplink } from './uplink/uplink.ts';

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
  /** Whether the room that is set aside for a full disk is still there. */
  hasBallast: boolean;
  /** Records that wait in memory because the disk takes none. */
  unstored: number;
}

/** What a status is made of. */
export interface StatusParts {
  config: AgentConfig;
  clock: Clock;
  outbox: Outbox;
  uplink: Uplink;
  keeper: RecordKeeper;
  source: SensingSource;
}

export function statusOf({ config, clock, outbox, uplink, keeper, source }: StatusParts): AgentStatus {
  return {
    deviceId: config.deviceId,
    version: manifest.version,
    wallMs: clock.wallMs(),
    epoch: outbox.epoch,
    isConnected: uplink.isUp,
    backlog: outbox.count,
    oldestMeasuredAt: outbox.oldestMeasuredAt,
    storedPerDay: keeper.perDay(),
    sensors: source.sensors,
    sensorStates: keeper.sensorStates(source.sensors),
    lastReceiptAt: uplink.lastReceiptAt ?? outbox.lastReceiptAt,
    clock: clock.quality(),
    time: keeper.standing(),
    freeBytes: freeBytesOf(config.dataDir),
    hasBallast: outbox.hasBallast,
    unstored: keeper.unstored,
  };
}

function freeBytesOf(folder: string): number | null {
  try {
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize;
  } catch {
    return null;
  }
}
