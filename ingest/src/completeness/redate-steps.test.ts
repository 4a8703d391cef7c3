import type { DeviceRecord } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Anchor } from '../boot-time/placement.ts';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord, START_MS } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { redateSteps } from './redate-steps.ts';

const MINUTE = 60_000;

/** A record of a clock that was never set; every second seq is missing, so that none joins another one in a run. */
const unset = (i: number, mono: number): DeviceRecord => ({
  ...makeRecord(2 * i + 1, 'climate'),
  ...{ bootNumber: 1, clockQuality: 'none', measuredAt: mono, monotonicMs: mono },
});

/** Appended last, whatever time it speaks of. */
const anchorRecord = (seq: number, mono: number, { monotonicMs, wallMs }: Anchor) =>
  ({
    ...makeRecord(seq, 'anchor', { monotonicMs, wallMs }),
    ...{ bootNumber: 1, measuredAt: wallMs, monotonicMs: mono },
  }) as DeviceRecord;

const stepsIn = ({ db }: Store, deviceId: string) =>
  db
    .selectFrom('reception_step')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('starts_at')
    .execute();

/** Runs of one record each, then anchors one after the other; each is sent in a batch of its own. */
async function receive(store: Store, deviceId: string, monos: readonly number[], anchors: readonly Anchor[]) {
  await store.db.insertInto('device').values({ id: deviceId, name: deviceId }).execute();
  const inbox = new Inbox(store);
  await inbox.commit(monos.map((mono, i) => submissionOf([unset(i, mono)], { deviceId })));
  const last = monos.at(-1) ?? 0;
  for (const [i, anchor] of anchors.entries()) {
    const record = anchorRecord(2 * (monos.length + i) + 1, last, anchor);
    await inbox.commit([submissionOf([record], { deviceId })]);
  }
}

/** Redates a boot that has these anchors, as if only some had been known before; gives what that read. */
async function redate(store: Store, deviceId: string, before: readonly Anchor[], anchors: readonly Anchor[]) {
  const read: number[] = [];
  await store.db.transaction().execute(async (trx) => {
    const row = await trx
      .selectFrom('boot')
      .selectAll()
      .where('device_id', '=', deviceId)
      .executeTakeFirstOrThrow();
    const counting = trx.withPlugin({
      transformQuery: ({ node }) => node,
      transformResult: async ({ result }) => {
        if (result.rows.some((found) => 'message' in found)) read.push(result.rows.length);
        return result;
      },
    }) as typeof trx;
    const line = { anchors: before, heardOffsetMs: null };
    await redateSteps(counting, store.engine, {
      ...{ row, before: line, anchors, heardOffsetMs: null, isMoved: true },
    });
  });
  return read;
}

const anchorAt = (minute: number, offsetMinutes = 0): Anchor => ({
  monotonicMs: minute * MINUTE,
  wallMs: START_MS + (minute + offsetMinutes) * MINUTE,
});

onEachStore('redating steps', (open) => {
  it('reads a boot page by page, newest first, and no further than to where its line is another one', async () => {
    const store = await open();
    const monos = Array.from({ length: 240 }, (_, i) => i * MINUTE);
    const anchors = [anchorAt(0), anchorAt(200), anchorAt(239, -30)];
    await receive(store, 'DEV-1', monos, anchors);
    const steps = await stepsIn(store, 'DEV-1');
    expect(steps.reduce((sum, { records }) => sum + records, 0)).toBe(243);
    // The third one has the rest of the step that the second one ends in.
    expect(await redate(store, 'DEV-1', anchors.slice(0, 2), anchors)).toEqual([50, 50, 50]);
    expect(await stepsIn(store, 'DEV-1')).toEqual(steps);
    expect(await redate(store, 'DEV-1', [], anchors)).toEqual([50, 50, 50, 50, 43]);
    expect(await stepsIn(store, 'DEV-1')).toEqual(steps);
  });

  it('knows the first record of a step that is read in part, where another one moves before it', async () => {
    const store = await open();
    const monos = Array.from({ length: 240 }, (_, i) => (i + 0.5) * MINUTE);
    const anchors = [anchorAt(0), anchorAt(200), anchorAt(239, -97.25)];
    await receive(store, 'DEV-1', monos, anchors);
    const steps = await stepsIn(store, 'DEV-1');
    await redate(store, 'DEV-1', [], anchors);
    expect(steps).toEqual(await stepsIn(store, 'DEV-1'));
  });

  it('reads nothing where the anchors are the same, whatever was heard', async () => {
    const store = await open();
    await receive(store, 'DEV-1', [0, MINUTE], [anchorAt(2)]);
    expect(await redate(store, 'DEV-1', [anchorAt(2)], [anchorAt(2)])).toEqual([]);
  });

  it('gives what reading the whole boot gives, wherever its records move to', async () => {
    const store = await open();
    let run = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.record({
            pause: fc.integer({ min: 0, max: 4 * MINUTE }),
            writtenLate: fc.integer({ min: 0, max: MINUTE }),
          }),
          { minLength: 60, maxLength: 200 },
        ),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: -90, max: 90 })), {
          minLength: 1,
          maxLength: 4,
        }),
        async (records, jumps) => {
          run += 1;
          const deviceId = `DEV-${run}`;
          let now = 0;
          const monos = records.map(({ pause, writtenLate }) => {
            now += pause;
            return Math.max(0, now - writtenLate);
          });
          const anchors = jumps
            .toSorted(([a], [b]) => a - b)
            .map(([minute, offset]) => anchorAt(minute, offset));
          await receive(store, deviceId, monos, anchors);
          const steps = await stepsIn(store, deviceId);
          await redate(store, deviceId, [], anchors.toSorted(byTime));
          expect(steps).toEqual(await stepsIn(store, deviceId));
        },
      ),
      { numRuns: store.engine === 'sqlite' ? 40 : 10 },
    );
  });
});

function byTime(a: Anchor, b: Anchor): number {
  return a.monotonicMs - b.monotonicMs || a.wallMs - b.wallMs;
}
