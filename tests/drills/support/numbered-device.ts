import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfig } from '@jostle/contracts';
import { type Agent, AgentConfig, runAgentOn, type SensingEvents } from '@jostle/edge/agent';
import type { Logger } from 'pino';
import type { DeviceTally, EdgeInput, Load } from './edge-messages.ts';
import { numberedDraft } from './numbered-records.ts';
import { RecordLog, readRecordLog } from './record-log.ts';

/** A device falls behind its load rather than hand over more at once. */
const BATCH_MAX = 500;

/** Where the log of records of a device lies. */
export function recordLogPath(folder: string, deviceId: string): string {
  return join(folder, `${deviceId}.records`);
}

/** The real agent of one device, whose records are numbered and written down. */
export class NumberedDevice {
  readonly #id: string;
  readonly #startMs: number;
  readonly #log: RecordLog;
  readonly #agent: Agent;
  /** A restart of the process is a boot. */
  readonly #bootId = randomUUID();
  /** Reads the latest `measuredAt` that the outbox ever stored; set by the agent as it opens. */
  #lastStoredAt: () => number | null = () => null;
  #events: SensingEvents | undefined;
  #confirmed: number;

  constructor({ id, token }: EdgeInput['devices'][number], input: EdgeInput, log: Logger) {
    this.#id = id;
    this.#startMs = input.startMs;
    mkdirSync(input.folder, { recursive: true });
    const path = recordLogPath(input.folder, id);
    this.#log = new RecordLog(path);
    this.#confirmed = readRecordLog(path).confirmed.reduce((sum, { from, to }) => sum + to - from + 1, 0);
    const env = {
      DEVICE_ID: id,
      DEVICE_TOKEN: token,
      JOSTLE_DATA_DIR: join(input.folder, id),
      MQTT_URL: input.mqttUrl,
      OUTBOX_MAX_RECORDS: '2000000',
    };
    this.#agent = runAgentOn({
      config: readConfig(AgentConfig, env, (file) => readFileSync(file, 'utf8')),
      log: log.child({ deviceId: id }),
      openSensing: (events, { facts }) => {
        this.#events = events;
        this.#lastStoredAt = () => facts().lastMeasuredAt;
        return { sensors: [], silenceMs: null, tell: () => {}, stop: async () => {} };
      },
    });
    // Killed between the commit and the line about it: the outbox says which it was.
    this.#confirmIfStored();
    this.#events?.ready();
  }

  /** Makes what is due since the process started. */
  make({ perSecond, upTo = Number.POSITIVE_INFINITY }: Load, sinceMs: number): void {
    const from = this.#log.next;
    const count = Math.min(BATCH_MAX, Math.floor((perSecond * sinceMs) / 1000), upTo - from);
    if (count <= 0) return;
    const numbers = Array.from({ length: count }, (_, i) => from + i);
    this.#log.offer({ from, to: from + count - 1, bootId: this.#bootId });
    this.#events?.records(
      numbers.map((n) => numberedDraft(n, this.#startMs)),
      this.#bootId,
    );
    this.#confirmIfStored();
  }

  tally(): DeviceTally {
    return { id: this.#id, confirmed: this.#confirmed, ...this.#agent.delivery() };
  }

  async stop(): Promise<void> {
    await this.#agent.stop();
    this.#log.close();
  }

  /** The outbox stores what it is offered in one transaction, and the times of numbered records rise. */
  #confirmIfStored(): void {
    const { open } = this.#log;
    if (open === undefined || (this.#lastStoredAt() ?? 0) < this.#startMs + open.to) return;
    this.#log.confirm();
    this.#confirmed += open.to - open.from + 1;
  }
}
