import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { type BootLine, UNKNOWN_LINE } from './boot-line.ts';
import type { BootRow } from './boot-notes.ts';
import type { Anchor, OffsetBounds } from './placement.ts';

/** Columns that name a boot. */
export interface BootKey {
  device_id: string;
  epoch: string;
  boot_id: string;
}

/** The lines of some boots as they are now. */
export type BootLines = (key: BootKey) => BootLine;

const keyOf = ({ device_id, epoch, boot_id }: BootKey) => `${device_id}/${epoch}/${boot_id}`;

/** Reads what is known of the boots of some rows, in two queries whatever their number. */
export async function readBootLines(db: Kysely<Database>, keys: readonly BootKey[]): Promise<BootLines> {
  const devices = [...new Set(keys.map((key) => key.device_id))];
  const boots = [...new Set(keys.map((key) => key.boot_id))];
  if (boots.length === 0) return () => UNKNOWN_LINE;
  const rows = await db
    .selectFrom('boot')
    .selectAll()
    .where('device_id', 'in', devices)
    .where('boot_id', 'in', boots)
    .execute();
  // Keyed by boot.
  const anchors = new Map<string, Anchor[]>();
  if (rows.some((row) => row.is_anchored === 1)) {
    const anchorRows = await db
      .selectFrom('clock_anchor')
      .select(['device_id', 'epoch', 'boot_id', 'mono_ms', 'wall_ms'])
      .where('device_id', 'in', devices)
      .where('boot_id', 'in', boots)
      .orderBy('mono_ms')
      .orderBy('wall_ms')
      .execute();
    for (const row of anchorRows) {
      const key = keyOf(row);
      const anchor = { monotonicMs: row.mono_ms, wallMs: row.wall_ms };
      const own = anchors.get(key);
      if (own === undefined) anchors.set(key, [anchor]);
      else own.push(anchor);
    }
  }
  // Keyed by boot.
  const lines = new Map<string, BootLine>();
  for (const row of rows) lines.set(keyOf(row), lineOf(row, anchors.get(keyOf(row)) ?? []));
  return (key) => lines.get(keyOf(key)) ?? UNKNOWN_LINE;
}

/** The line of a boot. */
export function lineOf(boot: BootRow, anchors: readonly Anchor[]): BootLine {
  return { anchors, heardOffsetMs: boot.heard_offset_ms, bounds: boundsIn(boot) };
}

/** The bounds with which the records of a boot were last placed. */
export function boundsIn({ earliest_offset_ms, latest_offset_ms }: BootRow): OffsetBounds | null {
  return latest_offset_ms === null
    ? null
    : { earliestOffsetMs: earliest_offset_ms, latestOffsetMs: latest_offset_ms };
}
