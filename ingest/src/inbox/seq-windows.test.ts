import { expect, it } from 'vitest';
import { EPOCH, OTHER_EPOCH } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { epochKey } from './epoch-group.ts';
import { END_SEQ, rangesAround } from './seq-windows.ts';

const RANGES = 2000;

onEachStore('ranges around windows', (open) => {
  /** Of one outbox 10..12, 20..22 and so on; of another one 1..5. */
  const openScattered = async () => {
    const { db, engine } = await open();
    const rows = Array.from({ length: RANGES }, (_, i) => ({ from_seq: 10 * i + 10, to_seq: 10 * i + 12 }));
    const name = { device_id: 'DEV-1', epoch: EPOCH };
    for (let i = 0; i < RANGES; i += 100)
      await db
        .insertInto('received')
        .values(rows.slice(i, i + 100).map((row) => ({ ...name, ...row })))
        .execute();
    await db
      .insertInto('received')
      .values({ ...name, epoch: OTHER_EPOCH, from_seq: 1, to_seq: 5 })
      .execute();
    return (windows: readonly (readonly [from: number, to: number])[], epoch = EPOCH) =>
      db.transaction().execute(async (trx) => {
        const given = windows.map(([fromSeq, toSeq]) => ({ deviceId: 'DEV-1', epoch, fromSeq, toSeq }));
        const found = await rangesAround(trx, engine, 'received', given);
        return (found.get(epochKey({ deviceId: 'DEV-1', epoch })) ?? []).map(({ from_seq }) => from_seq);
      });
  };

  it('are those that hold or touch a seq of a window and the one before it, each once and by rising seq', async () => {
    const startsAround = await openScattered();
    expect(await startsAround([])).toEqual([]);
    expect(await startsAround([[1, 8]])).toEqual([]);
    expect(await startsAround([[1, 9]])).toEqual([10]);
    expect(await startsAround([[13, 14]])).toEqual([10]);
    expect(await startsAround([[13, 19]])).toEqual([10, 20]);
    expect(await startsAround([[42, 61]])).toEqual([40, 50, 60]);
    const windows = [
      [501, 501],
      [21, 21],
      [22, 25],
    ] as const;
    expect(await startsAround(windows)).toEqual([20, 500]);
    expect(await startsAround([[END_SEQ, END_SEQ]])).toEqual([10 * RANGES]);
    expect(await startsAround([[3, 400]], OTHER_EPOCH)).toEqual([1]);
  });
});
