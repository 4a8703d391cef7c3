import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { issueToken } from '@jostle/broker/identity';
import { freePort } from '@jostle/ingest/testing';
import { until } from '../../support/waiting.ts';
import { type Account, accountOf } from './account.ts';
import { confirmedPoints, confirmedRecords } from './confirmed-records.ts';
import { type InfluxPart, influxPart, type PostgresPart, postgresPart } from './data-servers.ts';
import type { EdgeInput, FromEdge, Load } from './edge-messages.ts';
import { EdgeTallies } from './edge-tallies.ts';
import { IngestApi } from './ingest-api.ts';
import { Part, type PartCommand, type PartKind } from './part.ts';
import { brokerCommand, edgeCommand, type IngestPlace, ingestCommand } from './part-commands.ts';
import { buildPrograms } from './programs.ts';

export interface SystemOptions {
  folder: string;
  /** Edge processes, and devices in each. */
  edges: number;
  devicesPerEdge: number;
  load: Load;
  /** PostgreSQL and InfluxDB, instead of the stores that ingest brings along. */
  isOnServers: boolean;
  /** Of the broker, beyond what every drill sets. */
  brokerEnv?: Record<string, string>;
  /** Address that broker, PostgreSQL and InfluxDB listen on; loopback without it. */
  host?: string;
  /** Address that ingest listens on; loopback without it. */
  ingestHost?: string;
  /** Starts a kind of part elsewhere, such as in a network namespace. */
  placed?: (kind: PartKind, command: PartCommand) => PartCommand;
  /** Address at which a kind of part finds the broker, given the broker's own. */
  brokerUrl?: (kind: 'edge' | 'ingest', url: string) => Promise<string>;
}

/** The system as it runs in earnest, as processes of their own: edges under a load, broker, ingest and its servers. */
export class DrillSystem {
  readonly parts: Part[] = [];
  readonly deviceIds: string[];
  readonly tallies = new EdgeTallies();
  readonly #options: SystemOptions;
  readonly #startMs = Date.now() - 7 * 86_400_000;
  #load: Load;
  #programs: Awaited<ReturnType<typeof buildPrograms>> = (name) => name;
  #api: IngestApi | undefined;
  #influx: InfluxPart | undefined;
  #postgres: PostgresPart | undefined;

  /** Resolves when everything is up and every device is connected. */
  static async start(options: SystemOptions): Promise<DrillSystem> {
    const system = new DrillSystem(options);
    try {
      await system.#start();
      return system;
    } catch (error) {
      await system.stop();
      throw error;
    }
  }

  private constructor(options: SystemOptions) {
    this.#options = options;
    this.#load = options.load;
    const { edges, devicesPerEdge } = options;
    this.deviceIds = Array.from({ length: edges * devicesPerEdge }, (_, n) => `DRILL-${n + 1}`);
  }

  partsOf(...kinds: PartKind[]): Part[] {
    return this.parts.filter(({ kind }) => kinds.includes(kind));
  }

  /** The only part of its kind. */
  part(kind: PartKind): Part {
    const [part] = this.partsOf(kind);
    if (part === undefined) throw new Error(`there is no ${kind} in this system`);
    return part;
  }

  setLoad(load: Load): void {
    this.#load = load;
    for (const part of this.partsOf('edge')) part.send({ type: 'load', load });
  }

  /** How often ingest says that it absorbed a record that came again; what a killed one had not told is missing. */
  get absorbed(): number {
    return this.#api?.absorbed ?? 0;
  }

  /** Of parts that are never to end by themselves. */
  get crashes(): number {
    return this.#sum(({ crashes }) => crashes);
  }

  /** How often parts of a kind really ended by SIGKILL. */
  killedOf(kind: PartKind): number {
    return this.partsOf(kind).reduce((sum, { killed }) => sum + killed, 0);
  }

  /** How often parts really stood still. */
  get paused(): number {
    return this.#sum(({ paused }) => paused);
  }

  /** Resolves when each device has a receipt for everything and is connected. */
  async delivered(limitMs: number): Promise<void> {
    await this.#until(limitMs, () => this.#isDelivered());
  }

  /** Resolves when no device has a connection any more. */
  async disconnected(limitMs: number): Promise<void> {
    await this.#until(limitMs, () => this.tallies.areDisconnected);
  }

  /** Resolves when the outboxes have confirmed so many records in all. */
  async made(records: number, limitMs: number): Promise<void> {
    await this.#until(limitMs, () => this.tallies.confirmed >= records);
  }

  /** Ends the load and resolves when all that was made is in ingest, and as points in InfluxDB where that is there. */
  async settled(limitMs: number): Promise<void> {
    this.setLoad({ ...this.#load, perSecond: 0 });
    await this.#until(limitMs, () => this.tallies.areIdle && this.#isDelivered());
    const influx = this.#influx;
    if (influx === undefined) return;
    const expected = sumOf(this.#expectedPoints());
    let found = 0;
    await until(
      limitMs,
      async () => {
        found = await influx.count().then(sumOf, () => 0);
        return found >= expected;
      },
      () => `InfluxDB has ${found} of ${expected} points; ${this.#standing()}`,
    );
  }

  /**
   * Stops everything and counts: what the generators know against what the store has. Points of InfluxDB count, too, for
   * each device: one that is missing is lost, one too many is there twice.
   */
  async account(): Promise<Account> {
    const points = await this.#influx?.count();
    const expected = this.#expectedPoints();
    await this.#stopAll(this.partsOf('edge', 'broker', 'ingest'));
    const databaseUrl = this.#postgres?.env.DATABASE_URL;
    const place = databaseUrl === undefined ? { dataDir: this.#ingestDir } : { databaseUrl };
    const generated = [...confirmedRecords(this.#options.folder, this.deviceIds, this.#startMs)];
    const account = await accountOf(place, generated);
    await this.stop();
    if (account.strangers > 0) throw new Error(`${account.strangers} records are stored that nobody made`);
    if (points === undefined) return account;
    const devices = [...new Set([...expected.keys(), ...points.keys()])];
    const surplus = devices.map((id) => (points.get(id) ?? 0) - (expected.get(id) ?? 0));
    return {
      ...account,
      lost: surplus.reduce((sum, one) => sum + Math.max(0, -one), account.lost),
      twice: surplus.reduce((sum, one) => sum + Math.max(0, one), account.twice),
    };
  }

  /** Stops whatever runs. */
  async stop(): Promise<void> {
    this.#api?.close();
    await this.#stopAll(this.partsOf('edge', 'broker', 'ingest'));
    await this.#stopAll(this.partsOf('postgres', 'influxd'));
  }

  #until(limitMs: number, isSo: () => boolean): Promise<void> {
    return until(limitMs, isSo, () => this.#standing());
  }

  #sum(count: (part: Part) => number): number {
    return this.parts.reduce((sum, part) => sum + count(part), 0);
  }

  async #stopAll(parts: readonly Part[]): Promise<void> {
    await Promise.all(parts.map((part) => part.stop()));
  }

  get #ingestDir(): string {
    return join(this.#options.folder, 'ingest');
  }

  #expectedPoints(): Map<string, number> {
    return new Map(this.deviceIds.map((id) => [id, confirmedPoints(this.#options.folder, id)]));
  }

  #isDelivered(): boolean {
    const { devices, unfinished } = this.tallies;
    const areUp = this.partsOf('edge').every(({ isUp }) => isUp);
    return areUp && devices.length === this.deviceIds.length && unfinished.length === 0;
  }

  #standing(): string {
    const down = this.parts.filter(({ isUp }) => !isUp).map(({ name }) => name);
    const logs = this.partsOf('ingest').map((part) => part.logEnd());
    return `${JSON.stringify(this.tallies.unfinished)}; down: ${down.join(' ') || 'none'}; ingest says: ${logs.join('')}`;
  }

  async #start(): Promise<void> {
    const { folder, host = '127.0.0.1', isOnServers, brokerEnv = {} } = this.#options;
    const { brokerUrl = async (_, url) => url } = this.#options;
    this.#programs = await buildPrograms(folder);
    if (isOnServers) {
      [this.#postgres, this.#influx] = await Promise.all([
        postgresPart(folder, host),
        influxPart(folder, host),
      ]);
      this.parts.push(this.#postgres.part, this.#influx.part);
    }
    const devices = this.deviceIds.map((id) => issueToken(id, 'device'));
    const ingest = issueToken('ingest', 'ingest');
    const credentials = join(folder, 'credentials.json');
    writeFileSync(credentials, JSON.stringify({ clients: [...devices, ingest].map((one) => one.entry) }));
    const port = await freePort();
    const mqttUrl = `mqtt://${host}:${port}`;
    const place = { host, port, credentials, env: brokerEnv };
    const broker = this.#add('broker', 'broker', () => brokerCommand(this.#programs('broker'), place));
    const service = await this.#ingestPart(await brokerUrl('ingest', mqttUrl), ingest.token);
    await Promise.all([broker.start(), service.start()]);
    await this.#api?.register(this.deviceIds);
    const edges = this.#edgeParts(
      await brokerUrl('edge', mqttUrl),
      devices.map((one) => one.token),
    );
    await Promise.all(edges.map((edge) => edge.start()));
  }

  #add(kind: PartKind, name: string, command: () => PartCommand, message?: (message: never) => void): Part {
    const { placed = (_kind, plain) => plain, folder } = this.#options;
    const logPath = join(folder, `${name}.log`);
    const options = { kind, name, logPath, command: () => placed(kind, command()) };
    const part = new Part({ ...options, ...(message === undefined ? {} : { message }) });
    this.parts.push(part);
    return part;
  }

  async #ingestPart(mqttUrl: string, token: string): Promise<Part> {
    const { ingestHost = '127.0.0.1' } = this.#options;
    const port = await freePort();
    this.#api = new IngestApi(`http://${ingestHost}:${port}`);
    const place: IngestPlace = {
      host: ingestHost,
      port,
      apiKey: this.#api.key,
      dataDir: this.#ingestDir,
      mqttUrl,
      token,
      servers: { ...this.#postgres?.env, ...this.#influx?.env },
    };
    return this.#add('ingest', 'ingest', () => ingestCommand(this.#programs('ingest'), place));
  }

  #edgeParts(mqttUrl: string, tokens: readonly string[]): Part[] {
    const { edges, devicesPerEdge, folder } = this.#options;
    mkdirSync(folder, { recursive: true });
    return Array.from({ length: edges }, (_, n) => {
      const name = `edge-${n + 1}`;
      const devices = this.deviceIds
        .map((id, i) => ({ id, token: tokens[i] ?? '' }))
        .slice(n * devicesPerEdge, (n + 1) * devicesPerEdge);
      const command = () => {
        this.tallies.forget(name);
        const input: EdgeInput = { devices, folder, mqttUrl, startMs: this.#startMs, load: this.#load };
        return edgeCommand(this.#programs('edge'), input);
      };
      const part = this.#add('edge', name, command, (message: FromEdge) => {
        if (message.type !== 'tally') return;
        this.tallies.note(name, message);
        // It was just starting when the load changed.
        if (!isDeepStrictEqual(message.load, this.#load)) part.send({ type: 'load', load: this.#load });
      });
      return part;
    });
  }
}

function sumOf(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}
