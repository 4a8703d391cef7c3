import type {
  Clock,
  Finding,
  QuarantineReplay,
  ReconciliationReport,
  ReconciliationRequest,
} from '@jostle/contracts';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Store } from '../store/store.ts';

/** Climate of one device over [fromMs, toMs), thinned to at most `maxPoints`. Times are ms since the epoch. */
export interface ClimateSource {
  climate(
    deviceId: string,
    fromMs: number,
    toMs: number,
    maxPoints: number,
  ): Promise<
    readonly {
      measuredAt: number;
      temperatureC?: number | null | undefined;
      relativeHumidityPct?: number | null | undefined;
      pressureHpa?: number | null | undefined;
    }[]
  >;
}

/** One part of the service as `/readyz` shows it. */
export interface PartHealth {
  part: string;
  isReady: boolean;
  detail: string;
}

/** What the HTTP server needs from the rest of the service. */
export interface ServerDeps {
  store: Store;
  clock: Clock;
  log: Logger;
  telemetry: ClimateSource;
  /** @throws JostleError REST_NOT_FOUND for an unknown return */
  findings: { findingOf(returnId: string): Promise<Finding> };
  /** Reads a quarantined message again; undefined where there is none of this id. */
  replayQuarantined: (id: number) => Promise<QuarantineReplay | undefined>;
  /** Comparisons of the inbox with the telemetry store; the ingest that leads does them. */
  reconciliations: {
    /** @throws JostleError REST_REQUEST_INVALID */
    request(asked: ReconciliationRequest): Promise<ReconciliationReport>;
    report(id: string): Promise<ReconciliationReport | undefined>;
  };
  /** Every part; the service is ready when all of them are. */
  health: () => readonly PartHealth[];
  metrics: Registry;
  config: {
    /** Where it is absent only this machine is answered. */
    apiKey?: string | undefined;
    /** Folder of the built console; absent where there is none. */
    consoleDir?: string | undefined;
  };
}
