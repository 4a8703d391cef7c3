import { type CheckResult, ok, skipped, warn } from './check-result.ts';
import { recordsText } from './records-text.ts';
import { agoText } from './time-text.ts';

/** Without a receipt for so long something between here and ingest is broken: records are made every minute. */
const RECEIPT_OVERDUE_MS = 5 * 60_000;
/** What one record takes in the outbox, bytes: 250 at the default settings, and more with events. */
const RECORD_BYTES = 400;
/** An outage over a long weekend must fit. */
const ROOM_LEAST_DAYS = 4;

/** What waits for its receipt. Times are ms since the epoch. */
export interface Backlog {
  records: number;
  oldestMeasuredAt: number | null;
  lastReceiptAt: number | null;
}

/** How much waits, since when, and when ingest last confirmed something. */
export function backlogCheck(
  { records, oldestMeasuredAt, lastReceiptAt }: Backlog,
  wallMs: number,
): CheckResult {
  const check = 'backlog';
  const fix = 'Check that ingest runs and knows this device.';
  const oldest =
    records > 0 && oldestMeasuredAt !== null
      ? `, the oldest measured ${agoText(oldestMeasuredAt, wallMs)}`
      : '';
  const waiting = `${recordsText(records)} without a receipt${oldest}`;
  if (lastReceiptAt === null)
    return records === 0
      ? ok(check, `${waiting}, none delivered yet`)
      : warn(check, `${waiting}, no receipt ever`, fix);
  const found = `${waiting}; last receipt ${agoText(lastReceiptAt, wallMs)}`;
  return records > 0 && wallMs - lastReceiptAt > RECEIPT_OVERDUE_MS
    ? warn(check, found, fix)
    : ok(check, found);
}

/**
 * How long an outage may last before routine records are dropped.
 *
 * @param perDay records a day at the present rate; null where nobody can say yet
 */
export function roomCheck(
  perDay: number | null,
  backlog: number,
  freeBytes: number,
  maxRecords: number,
): CheckResult {
  const check = 'room';
  if (perDay === null || perDay <= 0)
    return skipped(check, 'the rate of records is known after some minutes of measuring');
  const left = Math.max(0, Math.min(maxRecords - backlog, freeBytes / RECORD_BYTES));
  const days = left / perDay;
  const found = `for ${days < 10 ? days.toFixed(1) : Math.floor(days)} days without a network, at ${recordsText(perDay)} a day`;
  return days < ROOM_LEAST_DAYS
    ? warn(check, found, 'Make room on the card, or raise OUTBOX_MAX_RECORDS; see why so much is recorded.')
    : ok(check, found);
}
