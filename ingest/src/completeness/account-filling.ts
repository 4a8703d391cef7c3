import type { Transaction } from 'kysely';
import { knownTimeOf } from '../boot-time/boot-line.ts';
import { readBootLines } from '../boot-time/boot-line-reader.ts';
import { bootKey } from '../boot-time/boot-notes.ts';
import { storedRunOf } from '../inbox/stored-run.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { countNotReceived } from './dropped-counts.ts';
import { addTallies, StepTally } from './reception-steps.ts';
import { rangesOf } from './seq-sets.ts';

/** Rows of the inbox that are read at a time, of at most 1000 records each. */
const PAGE_RUNS = 50;

/** Counts in which steps the records were made that the inbox has, page by page. */
export async function fillSteps(trx: Transaction<Database>, engine: Engine): Promise<void> {
  for (let after = 0; ; ) {
    const rows = await trx
      .selectFrom('inbox')
      .selectAll()
      .where('id', '>', after)
      .orderBy('id')
      .limit(PAGE_RUNS)
      .execute();
    const last = rows.at(-1);
    if (last === undefined) return;
    const lineOf = await readBootLines(trx, rows);
    // Keyed by boot.
    const tallies = new Map<string, StepTally>();
    for (const row of rows) {
      const { deviceId, epoch, bootId, clock, records } = storedRunOf(row);
      const key = bootKey({ deviceId, epoch }, bootId);
      const tally = tallies.get(key) ?? new StepTally({ deviceId, epoch, bootId });
      tallies.set(key, tally);
      const timeOf = knownTimeOf(lineOf(row), clock);
      for (const { seq, measuredAt, monotonicMs } of records) tally.add(seq, timeOf(measuredAt, monotonicMs));
    }
    await addTallies(trx, engine, [...tallies.values()]);
    after = last.id;
  }
}

/** Counts what was dropped of each epoch and did not come. */
export async function fillDropped(trx: Transaction<Database>): Promise<void> {
  const epochs = await trx.selectFrom('dropped').select(['device_id', 'epoch']).distinct().execute();
  for (const { device_id, epoch } of epochs) {
    const rangesIn = async (table: 'dropped' | 'received') =>
      rangesOf(
        await trx
          .selectFrom(table)
          .select(['from_seq', 'to_seq'])
          .where('device_id', '=', device_id)
          .where('epoch', '=', epoch)
          .orderBy('from_seq')
          .execute(),
      );
    const dropped = countNotReceived(await rangesIn('dropped'), await rangesIn('received'));
    await trx
      .updateTable('reception_epoch')
      .set({ dropped })
      .where('device_id', '=', device_id)
      .where('epoch', '=', epoch)
      .execute();
  }
}
