import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { BootLine } from './boot-line.ts';
import { boundsIn, lineOf } from './boot-line-reader.ts';
import type { BootRow, NotedBoot } from './boot-notes.ts';
import type { Anchor } from './placement.ts';
import { placeRuns } from './run-placing.ts';

/** Brings the stored records of a boot to where its line puts them now, and has their points follow. */
export async function moveRecords(trx: Transaction<Database>, boot: NotedBoot): Promise<void> {
  const { row, anchors } = boot;
  const fromMono = movedFrom(boot);
  if (fromMono === null) return;
  const before = { ...boot.before, bounds: boundsIn(row) };
  await noteMove(trx, row, before);
  await placeRuns(trx, {
    boot: row,
    line: lineOf(row, anchors),
    before,
    fromMono,
  });
}

/** Tells the telemetry writer that points of a boot may lie where its line was before. */
export async function noteMove(
  trx: Transaction<Database>,
  { device_id, epoch, boot_id }: BootRow,
  before: BootLine,
): Promise<void> {
  await trx
    .insertInto('boot_move')
    .values({ device_id, epoch, boot_id, line_before: JSON.stringify(before) })
    .execute();
}

/** The monotonic time before which a batch moved no record of a boot; null where it moved none at all. */
export function movedFrom({ before, anchors }: NotedBoot): number | null {
  const isAnchoredAlike = anchors.length > 0 && JSON.stringify(before.anchors) === JSON.stringify(anchors);
  return isAnchoredAlike ? null : changeOf(before.anchors, anchors);
}

/** The monotonic time before which two rows of anchors place everything alike. */
function changeOf(before: readonly Anchor[], after: readonly Anchor[]): number {
  const i = after.findIndex(
    (anchor, n) => anchor.monotonicMs !== before[n]?.monotonicMs || anchor.wallMs !== before[n]?.wallMs,
  );
  // What lies between the last common anchor and the first new one may go to either.
  return after[i - 1]?.monotonicMs ?? Number.NEGATIVE_INFINITY;
}
