import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertRows } from '../store/row-sets.ts';
import type { Reception } from './reception.ts';
import type { Submission } from './submission.ts';

/** The span and the newest record are kept while the epoch stays the same, and begin anew with another one. */
const STATE_UPDATE = `on conflict (device_id) do update set
  min_seq = case when ${isLarger('min_seq')} then device_state.min_seq else excluded.min_seq end,
  max_seq = case when ${isLarger('max_seq')} then device_state.max_seq else excluded.max_seq end,
  last_measured_at = case when ${isLarger('last_seq')} or excluded.last_seq = 0
    then device_state.last_measured_at else excluded.last_measured_at end,
  last_seq = case when ${isLarger('last_seq')} then device_state.last_seq else excluded.last_seq end,
  epoch = excluded.epoch`;

/** What only a message that comes from the device now can tell. */
const HEARD_UPDATE = ', last_received_at = excluded.last_received_at, is_online = excluded.is_online';

function isLarger(column: string): string {
  return `device_state.epoch = excluded.epoch and device_state.${column} >= excluded.${column}`;
}

/**
 * Writes what a batch tells of the state of its devices.
 *
 * @param heard what came from devices, in the order of arrival; what comes out of the quarantine says nothing of
 * whether its device is there now, nor of when it was heard last
 */
export async function writeStates(
  trx: Transaction<Database>,
  engine: Engine,
  receptions: readonly Reception[],
  heard: readonly Submission[],
): Promise<void> {
  // Keyed by device, like the rows: its last epoch wins, one statement can write a row only once.
  const presence = presenceIn(heard);
  const rows = new Map<string, ReturnType<typeof stateRow>>();
  for (const reception of receptions) {
    const { deviceId } = reception;
    const row = stateRow(reception, presence.get(deviceId) ?? true);
    const other = rows.get(deviceId);
    row.last_measured_at ??= other?.last_measured_at ?? null;
    row.last_received_at = Math.max(row.last_received_at, other?.last_received_at ?? 0);
    rows.set(deviceId, row);
  }
  await insertRows(
    trx,
    engine,
    'device_state',
    [...rows.values()],
    heard.length === 0 ? STATE_UPDATE : STATE_UPDATE + HEARD_UPDATE,
  );
  const others = [...presence].filter(([deviceId]) => !rows.has(deviceId));
  await insertRows(
    trx,
    engine,
    'device_state',
    others.map(([deviceId, isOnline]) => presenceRow(deviceId, isOnline)),
    'on conflict (device_id) do update set is_online = excluded.is_online',
  );
}

function stateRow({ deviceId, epoch, receivedAt, outbox, newest }: Reception, isOnline: boolean) {
  return {
    device_id: deviceId,
    epoch,
    min_seq: outbox.minSeq,
    max_seq: outbox.maxSeq,
    last_seq: newest?.seq ?? 0,
    last_measured_at: newest?.at ?? null,
    last_received_at: receivedAt,
    is_online: isOnline ? 1 : 0,
  };
}

function presenceRow(deviceId: string, isOnline: boolean) {
  return {
    ...{ device_id: deviceId, epoch: null, min_seq: 0, max_seq: 0, last_seq: 0 },
    ...{ last_measured_at: null, last_received_at: null, is_online: isOnline ? 1 : 0 },
  };
}

/** A device is there when the last that came from it was anything but its parting. Keyed by device. */
function presenceIn(submissions: readonly Submission[]): Map<string, boolean> {
  const presence = new Map<string, boolean>();
  for (const submission of submissions)
    presence.set(submission.deviceId, submission.kind === 'presence' ? submission.isOnline : true);
  return presence;
}
