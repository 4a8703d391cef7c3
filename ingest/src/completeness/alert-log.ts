import { type AlertKind, ERROR_CODES, type ErrorCode } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { AlertNews } from './alerts.ts';

const CODES: Record<AlertKind, ErrorCode> = {
  lost: 'INGEST_RECORDS_LOST',
  'chain-broken': 'INGEST_CHAIN_BROKEN',
  conflict: 'INGEST_RECORD_CONFLICT',
  'quarantine-full': 'INGEST_QUARANTINE_FULL',
};

/** How many alerts of one commit have a line of their own in the log. */
const LINES_MAX = 20;

/** Tells of alerts that are new or grew, with what to do. */
export function logAlerts(log: Logger, alerts: readonly AlertNews[]): void {
  for (const { kind, deviceId, epoch, fromSeq, toSeq, records, detail } of alerts.slice(0, LINES_MAX)) {
    const code = CODES[kind];
    const what = { code, deviceId, epoch, fromSeq, toSeq, records, detail };
    log.error({ ...what, operator: true, fix: ERROR_CODES[code].fix }, 'alert raised');
  }
  if (alerts.length > LINES_MAX)
    log.error({ operator: true, alerts: alerts.length - LINES_MAX }, 'more alerts raised; list them');
}
