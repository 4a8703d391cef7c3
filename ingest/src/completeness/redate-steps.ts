import type { Transaction } from 'kysely';
import type { BootRow } from '../boot-time/boot-notes.ts';
import type { Database } from '../store/database.ts';
import { rebuildSteps } from './reception-steps.ts';

/** Brings the steps of a boot to where its records are now, from those that the inbox still has. */
export async function redateSteps(trx: Transaction<Database>, boot: BootRow): Promise<void> {
  const { device_id: deviceId, epoch, boot_id: bootId } = boot;
  const records = await trx
    .selectFrom('inbox')
    .select(['seq', 'resolved_at as at'])
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('seq', '>=', boot.first_seq)
    .where('seq', '<=', boot.last_seq)
    .where('boot_id', '=', bootId)
    .orderBy('seq')
    .execute();
  await rebuildSteps(trx, { deviceId, epoch, bootId }, records);
}
