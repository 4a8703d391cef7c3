import { randomBytes, randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { type Clock, listenError } from '@jostle/contracts';
import type { Logger } from 'pino';
import { Registry } from 'prom-client';
import { Backups } from './backup/backups.ts';
import { holdAll } from './backup/writers-hold.ts';
import { logAlerts } from './completeness/alert-log.ts';
import { completenessMetrics } from './completeness/completeness-metrics.ts';
import type { IngestConfig } from './config.ts';
import { createFindings } from './finding/index.ts';
import type { CommitReport } from './inbox/commit-report.ts';
import { Inbox } from './inbox/inbox.ts';
import { Intake } from './intake/intake.ts';
import { openMqttLink } from './intake/mqtt-link.ts';
import { replayQuarantined } from './intake/quarantine-replay.ts';
import { intakeMetrics } from './intake-metrics.ts';
import { Keeper, type KeeperOptions } from './keeping/keeper.ts';
import { keepingMetrics } from './keeping/keeping-metrics.ts';
import { ReconciliationJobs } from './keeping/reconciliation-jobs.ts';
import { buildServer } from './rest/server.ts';
import type { TypedApp } from './rest/typed-app.ts';
import { partHealth } from './service-health.ts';
import { openStore, type Store } from './store/store.ts';
import { joinWorkers } from './store/worker-roll.ts';
import { EmbeddedTelemetryStore } from './telemetry/embedded-store.ts';
import { InfluxTelemetryStore } from './telemetry/influx-store.ts';
import type { TelemetryStore } from './telemetry/telemetry-store.ts';

export interface Service {
  /** Where it listens, also where the configuration says 0. */
  httpPort: number;
  /** Resolves with the reason when the store is lost for good: then only another process can go on. */
  lost: Promise<Error>;
  /** Commits what is waiting, gives its receipts and closes everything. */
  stop(): Promise<void>;
}

type Part = { name: string; stop: () => Promise<void> };

/**
 * Starts ingest. The broker need not be there yet: the intake comes back to it for ever.
 *
 * @throws JostleError INGEST_STORE_IN_USE, INGEST_STORE_UNREACHABLE, INGEST_STORE_REFUSED, INGEST_PORT_IN_USE,
 * INGEST_ADDRESS_UNUSABLE. Then nothing stays open.
 */
export async function startService(config: IngestConfig, log: Logger, clock: Clock): Promise<Service> {
  const parts: Part[] = [];
  try {
    return await compose(config, log, clock, parts);
  } catch (error) {
    await stopAll(parts, log);
    throw error;
  }
}

/** Adds each part that it starts to `parts`, in the order of the start. */
async function compose(config: IngestConfig, log: Logger, clock: Clock, parts: Part[]): Promise<Service> {
  const partLog = (part: string) => log.child({ part });
  const { databaseUrl, dataDir } = config;
  const store = await openStore(databaseUrl === undefined ? { dataDir } : { databaseUrl });
  parts.push({ name: 'store', stop: () => store.close() });

  const inbox = new Inbox(store);
  // While others work, they know who is there.
  const roll = await joinWorkers(databaseUrl, () => inbox.forgetPresence());
  parts.push({ name: 'workers', stop: () => roll.leave() });

  const telemetry = openTelemetry(config, store);
  const metrics = new Registry();
  const retentionDays = config.inboxRetentionDays;
  const jobs = new ReconciliationJobs(store.db, clock, retentionDays);
  const keeperOptions: KeeperOptions = {
    store,
    telemetry,
    holder: randomUUID(),
    jobs,
    retentionDays,
    clock,
    random: Math.random,
    log: partLog('keeper'),
    metrics: keepingMetrics(metrics, () => keeper.isLeader),
  };
  // Replaced by a restore.
  let keeper = new Keeper(keeperOptions);
  parts.push({
    name: 'keeper',
    stop: async () => {
      await Promise.all([keeper.stop(), telemetry.close()]);
    },
  });

  completenessMetrics(metrics, store);
  const count = intakeMetrics(metrics, () => intake.state);
  const alertLog = partLog('completeness');
  const onCommit = (report: CommitReport) => {
    count(report);
    logAlerts(alertLog, report.alerts);
    keeper.nudge();
  };
  const holdWriters = () =>
    holdAll([
      { hold: () => roll.exclude(), letGo: () => roll.admit() },
      {
        hold: async () => intake.suspend(),
        letGo: () => inbox.forgetPresence().finally(() => intake.resume()),
      },
      {
        hold: () => keeper.stop(),
        letGo: async () => {
          keeper = new Keeper(keeperOptions);
        },
      },
    ]);
  const server = await buildServer({
    store,
    clock,
    log: partLog('rest'),
    telemetry,
    findings: createFindings({ store, clock }),
    replayQuarantined: (id) => replayQuarantined({ store, inbox, onCommit }, id),
    reconciliations: jobs,
    backups: new Backups({ store, clock, log: partLog('backup'), holdWriters }),
    health: () => partHealth(intake, keeper),
    metrics,
    config,
  });
  parts.push({ name: 'rest', stop: () => server.close() });

  const intake = new Intake({
    openLink: (events) =>
      openMqttLink({ ...mqttOptions(config), clock, random: Math.random, log: partLog('intake') }, events),
    inbox,
    random: Math.random,
    log: partLog('intake'),
    onCommit,
  });
  parts.push({ name: 'intake', stop: () => intake.stop() });

  const port = await listen(server, config);
  partLog('service').info({ port, store: store.engine }, 'ingest is ready');
  return { httpPort: port, lost: store.lost, stop: () => stopAll(parts, log) };
}

async function listen(server: TypedApp, { httpHost: host, httpPort: port }: IngestConfig): Promise<number> {
  try {
    await server.listen({ host, port });
  } catch (error) {
    const codes = { inUse: 'INGEST_PORT_IN_USE', unusable: 'INGEST_ADDRESS_UNUSABLE' } as const;
    throw listenError(error, { ...codes, host, port, hostKey: 'HTTP_HOST', portKey: 'HTTP_PORT' });
  }
  return (server.server.address() as AddressInfo).port;
}

function openTelemetry(config: IngestConfig, store: Store): TelemetryStore {
  const { influxUrl: url, influxDatabase: database, influxUser: user, influxToken: token } = config;
  return url === undefined
    ? new EmbeddedTelemetryStore(store)
    : new InfluxTelemetryStore({ url, database, user, token });
}

function mqttOptions({ mqttUrl, mqttId, mqttToken, mqttShareGroup }: IngestConfig) {
  const username = mqttId ?? 'ingest';
  const own = `${username}-${randomBytes(8).toString('hex')}`;
  const login = { url: mqttUrl, token: mqttToken, shareGroup: mqttShareGroup };
  // Two clients of one id throw each other out. Workers that share are one user under ids of their own.
  if (mqttShareGroup !== undefined) return { ...login, username, clientId: own };
  const clientId = mqttId ?? (mqttToken === undefined ? own : 'ingest');
  return { ...login, username: clientId, clientId };
}

/** Stops the parts in reverse order; one that fails does not keep the others open. */
async function stopAll(parts: Part[], log: Logger): Promise<void> {
  for (const { name, stop } of parts.splice(0).reverse()) {
    await stop().catch((error: unknown) =>
      log.error({ part: name, err: error }, 'part did not stop cleanly'),
    );
  }
}
