import type { Clock, ClockQuality } from '@jostle/contracts';
import type { AgentOptions } from '../agent.ts';
import type { AgentStatus } from '../agent-status.ts';
import type { AgentConfig } from '../config.ts';
import type { I2cTransport } from '../io/transport.ts';
import type { OutboxInspection } from '../outbox/sqlite-file.ts';
import type { Recording } from '../replay/recording.ts';
import type { BrokerReach } from '../uplink/broker-reach.ts';
import type { LoginOutcome } from '../uplink/mqtt-link.ts';
import type { CalibrationStore } from './calibration-store.ts';
import type { BusSettings, RadioLink } from './machine-files.ts';

/** What the machine says of itself, without the sensors. */
export interface HostFacts {
  dataFolder: {
    path: string;
    isWritable: boolean;
    /** Whether it belongs to the user who asks; files that another user makes there lock the agent out. */
    isOwn: boolean;
    freeBytes: number;
  };
  outbox: OutboxInspection | { kind: 'not-asked' };
  /**
   * The device file of the bus, or of the serial port of the Arduino that has it. On the network there is no file, and
   * nothing is known before the bus is opened.
   */
  busFile: { kind: 'i2c' | 'serial' | 'network'; path: string; state: 'usable' | 'absent' | 'denied' };
  bus: BusSettings;
  /** Groups of this machine that a device file may need; root needs none. */
  groups: readonly { name: string; isMember: boolean }[];
  radio: readonly RadioLink[];
  user: string;
  software: { version: string; node: string };
  clock: ClockQuality;
  /** When the clock was last set from the network, ms since the epoch; null where nobody wrote it down. */
  synchronisedAt: number | null;
  /** The way to the broker, without the login. */
  reach: BrokerReach;
  /** Null where the agent is running: it has the login, and a second one would end it. */
  login: LoginOutcome | null;
  /** Bits of `vcgencmd get_throttled`; null on machines that have no such command. */
  throttledBits: number | null;
}

/** One device as the field tech's tool sees it: this machine, or a simulated one. */
export interface FieldStation {
  config: AgentConfig;
  /** The journey on which it is simulated; null for this machine. */
  journey: string | null;
  clock: Clock;
  calibrations: CalibrationStore;
  /** The running agent's word; null where none is running. */
  askAgent(): Promise<AgentStatus | null>;
  hostFacts(isAgentRunning: boolean): Promise<HostFacts>;
  /** @throws JostleError EDGE_SENSOR_ABSENT where the bus cannot be opened */
  openBus(): Promise<I2cTransport>;
  /** Lets time pass, ms. */
  pass(ms: number): Promise<void>;
}

/**
 * Lets the tool be learned at a desk. An implementation replaces the timers of the process when it opens a station,
 * so that nothing which keeps a timer function may be loaded before.
 */
export interface Simulator {
  journeys: readonly string[];
  /** @param pace of simulated time: as the clock on the wall, or as fast as the machine can */
  open(journey: string, pace: 'real' | 'fast'): Promise<FieldStation>;
  /** The hardware of an agent that lives through the journey from now on, at the pace of the clock on the wall. */
  hardware(journey: string, config: AgentConfig): Pick<AgentOptions, 'workerUrl' | 'workerData'>;
  /** What a shock recorder at rest until then would write down of the journey. */
  recording(journey: string): Recording;
  /** What a running agent would answer on the journey. */
  agentStatus(journey: string): AgentStatus;
}
