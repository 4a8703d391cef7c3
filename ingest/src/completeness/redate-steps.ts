import type { Transaction } from 'kysely';
import { knownTimeOf } from '../boot-time/boot-line.ts';
import { lineOf } from '../boot-time/boot-line-reader.ts';
import type { NotedBoot } from '../boot-time/boot-notes.ts';
import { storedRunOf } from '../inbox/stored-run.ts';
import type { Database } from '../store/database.ts';
import { type DatedSeq, rebuildSteps } from './reception-steps.ts';

/** Brings the steps of a boot to where its records are now, from those that the inbox still has. */
export async function redateSteps(
  trx: Transaction<Database>,
  { row: boot, anchors }: NotedBoot,
): Promise<void> {
  const { device_id: deviceId, epoch, boot_id: bootId } = boot;
  const rows = await trx
    .selectFrom('inbox')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('from_seq', '>=', boot.first_seq)
    .where('from_seq', '<=', boot.last_seq)
    .where('boot_id', '=', bootId)
    .orderBy('from_seq')
    .execute();
  const line = lineOf(boot, anchors);
  const records = rows.flatMap((row): DatedSeq[] => {
    const run = storedRunOf(row);
    const timeOf = knownTimeOf(line, run.clock);
    return run.records.map(({ seq, measuredAt, monotonicMs }) => ({
      seq,
      at: timeOf(measuredAt, monotonicMs),
    }));
  });
  await rebuildSteps(trx, { deviceId, epoch, bootId }, records);
}
