import type { DeviceRecord } from '@jostle/contracts';
import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import { boundsIn, lineOf } from './boot-line-reader.ts';
import type { BootRow, EpochOfDevice } from './boot-notes.ts';
import { noteMove } from './moving.ts';
import type { OffsetBounds } from './placement.ts';
import { placeRuns } from './run-placing.ts';

/** Bounds that changed by less than this are not worth writing a boot's events again, ms. */
const CHANGE_MS = 1000;

/**
 * Places what can only be placed between two instants: records of boots of which nothing is known but what came before
 * and after them. Before and after is the order of seq, never that of times.
 *
 * @param fresh records of the batch that have no placement yet; their inbox rows are written
 */
export async function boundRecords(
  trx: Transaction<Database>,
  { deviceId, epoch }: EpochOfDevice,
  fresh: readonly DeviceRecord[],
): Promise<void> {
  const open = await trx
    .selectFrom('boot')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('has_unsynced', '=', 1)
    .where('is_anchored', '=', 0)
    .where('heard_offset_ms', 'is', null)
    .execute();
  for (const boot of open)
    await boundBoot(
      trx,
      boot,
      fresh.filter(({ bootId }) => bootId === boot.boot_id),
    );
}

async function boundBoot(
  trx: Transaction<Database>,
  boot: BootRow,
  fresh: readonly DeviceRecord[],
): Promise<void> {
  const now = await boundsOf(trx, boot);
  const hasChanged =
    isFar(now.earliestOffsetMs, boot.earliest_offset_ms) || isFar(now.latestOffsetMs, boot.latest_offset_ms);
  if (!hasChanged && fresh.length === 0) return;
  const bounds = hasChanged ? now : (boundsIn(boot) ?? now);
  if (hasChanged) await writeBounds(trx, boot, bounds);
  const fromSeq = hasChanged ? boot.first_seq : Math.min(...fresh.map(({ seq }) => seq));
  const line = { anchors: [], heardOffsetMs: null, bounds };
  const { hasBatteryClock } = await placeRuns(trx, { boot, line, fromSeq });
  // Only a battery clock within the bounds has a point.
  if (hasChanged && hasBatteryClock) await noteMove(trx, boot, lineOf(boot, []));
}

function isFar(now: number | null, before: number | null): boolean {
  return now === null || before === null ? now !== before : Math.abs(now - before) > CHANGE_MS;
}

/** Between the last known instant before the boot and the first one after it, or its receipt. */
async function boundsOf(trx: Transaction<Database>, boot: BootRow): Promise<OffsetBounds> {
  const known = trx
    .selectFrom('inbox')
    .select(['first_at', 'last_at'])
    .where('device_id', '=', boot.device_id)
    .where('epoch', '=', boot.epoch)
    .where('boot_id', '<>', boot.boot_id)
    .where('first_at', 'is not', null)
    .limit(1);
  const before = await known
    .where('from_seq', '<', boot.first_seq)
    .orderBy('from_seq', 'desc')
    .executeTakeFirst();
  const after = await known.where('from_seq', '>', boot.last_seq).orderBy('from_seq').executeTakeFirst();
  const next = after?.first_at ?? Number.POSITIVE_INFINITY;
  const latestOffsetMs = Math.min(boot.received_offset_ms, next - boot.last_mono_ms);
  const previous = before?.last_at ?? null;
  const earliestOffsetMs = previous === null ? null : Math.min(previous - boot.first_mono_ms, latestOffsetMs);
  return { earliestOffsetMs, latestOffsetMs };
}

async function writeBounds(
  trx: Transaction<Database>,
  boot: BootRow,
  { earliestOffsetMs, latestOffsetMs }: OffsetBounds,
): Promise<void> {
  await trx
    .updateTable('boot')
    .set({ earliest_offset_ms: earliestOffsetMs, latest_offset_ms: latestOffsetMs })
    .where('device_id', '=', boot.device_id)
    .where('epoch', '=', boot.epoch)
    .where('boot_id', '=', boot.boot_id)
    .execute();
}
