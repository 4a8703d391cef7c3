import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@jostle/contracts';
import { type Agent, AgentConfig, runAgentOn, type SensingEvents } from '@jostle/edge/agent';
import type { FromSensing } from '@jostle/edge/sensing';
import type { Logger } from 'pino';
import type { FleetOptions } from './fleet-options.ts';
import type { FleetDevice } from './fleet-roster.ts';

interface Member {
  agent: Agent;
  events: SensingEvents;
  bootId: string;
  sensors: string[];
}

/** The agents of the fleet: an outbox file and a connection of its own for each. Their sensing is elsewhere. */
export class FleetAgents {
  /** Key: device id. */
  readonly #members = new Map<string, Member>();
  #generated = 0;
  #shocks = 0;
  /** Records that the outboxes held at the start. */
  #heldBefore = 0;

  /** @throws JostleError EDGE_OUTBOX_IN_USE where another agent uses an outbox */
  constructor(devices: readonly FleetDevice[], options: FleetOptions, dataDir: string, log: Logger) {
    for (const { id } of devices) this.#members.set(id, this.#join(id, options, dataDir, log));
    this.#heldBefore = this.tally().waiting;
  }

  /** Records that the devices have made. */
  get generated(): number {
    return this.#generated;
  }

  /** Records with and without a receipt, and agents that are connected. */
  tally(): { confirmed: number; waiting: number; connected: number } {
    let waiting = 0;
    let connected = 0;
    for (const { agent } of this.#members.values()) {
      const { backlog, isConnected } = agent.delivery();
      waiting += backlog;
      connected += isConnected ? 1 : 0;
    }
    return { confirmed: this.#generated + this.#heldBefore - waiting, waiting, connected };
  }

  /** Shock events among the records. */
  get shocks(): number {
    return this.#shocks;
  }

  /** Takes what the sensing of a device says. */
  take(deviceId: string, message: FromSensing): void {
    const member = this.#members.get(deviceId);
    if (member === undefined) return;
    if (message.type === 'ready') {
      member.sensors.push(...message.sensors);
      member.events.ready();
    } else if (message.type === 'records') {
      this.#generated += message.drafts.length;
      this.#shocks += message.drafts.filter(({ kind }) => kind === 'shock').length;
      member.events.records(message.drafts, member.bootId);
    }
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#members.values()].map(({ agent }) => agent.stop()));
  }

  #join(id: string, { mqttUrl, tokensDir }: FleetOptions, dataDir: string, log: Logger): Member {
    const env = {
      DEVICE_ID: id,
      JOSTLE_DATA_DIR: join(dataDir, id),
      MQTT_URL: mqttUrl,
      ...(tokensDir === undefined ? {} : { DEVICE_TOKEN_FILE: join(tokensDir, `${id}.token`) }),
    };
    const sensors: string[] = [];
    let events: SensingEvents = { ready: () => {}, records: () => {}, answered: () => {} };
    const agent = runAgentOn({
      config: readConfig(AgentConfig, env, (path) => readFileSync(path, 'utf8')),
      log: log.child({ deviceId: id }),
      openSensing: (own) => {
        events = own;
        return { sensors, silenceMs: null, tell: () => {}, stop: async () => {} };
      },
    });
    return { agent, events, bootId: randomUUID(), sensors };
  }
}
