import { type Kysely, sql } from 'kysely';
import type { Anchor, BootTimeline } from '../boot-time/placement.ts';
import type { Database } from '../store/database.ts';

/** A point that was still to be moved, with the clock of its record. */
interface PendingMove {
  device_id: string;
  epoch: string;
  boot_id: string;
  inbox_id: number;
  mono_ms: number;
  from_ms: number | null;
}

/**
 * Turns moves of points that the telemetry writer has not done yet into moves of their boots. Where a point lay is kept
 * as an anchor at its record, so that the line before the move puts exactly this record there.
 */
export async function keepPendingMoves(db: Kysely<unknown>): Promise<void> {
  const { rows } = await sql<PendingMove>`
    select device_id, epoch, boot_id, inbox_id, mono_ms, from_ms
    from point_move join inbox_record on inbox_record.id = point_move.inbox_id
    order by device_id, epoch, boot_id, mono_ms, inbox_id, point_move.id`.execute(db);
  // Keyed by boot.
  const boots = new Map<string, PendingMove[]>();
  for (const row of rows) {
    const key = `${row.device_id}/${row.epoch}/${row.boot_id}`;
    const own = boots.get(key);
    if (own === undefined) boots.set(key, [row]);
    else own.push(row);
  }
  for (const moves of boots.values()) await keepMoves(db as Kysely<Database>, moves);
}

async function keepMoves(db: Kysely<Database>, moves: readonly PendingMove[]): Promise<void> {
  const [first] = moves;
  if (first === undefined) return;
  const { device_id, epoch, boot_id } = first;
  // The first move of a record says where its point is.
  const firsts = moves.filter((move, i) => move.inbox_id !== moves[i - 1]?.inbox_id);
  const anchors = firsts.flatMap<Anchor>(({ mono_ms, from_ms }) =>
    from_ms === null ? [] : [{ monotonicMs: mono_ms, wallMs: from_ms }],
  );
  const lines: BootTimeline[] = [];
  if (firsts.some(({ from_ms }) => from_ms === null)) lines.push({ anchors: [], heardOffsetMs: null });
  if (anchors.length > 0) lines.push({ anchors: anchors.filter(isCorner), heardOffsetMs: null });
  const rows = lines.map((line) => ({ device_id, epoch, boot_id, line_before: JSON.stringify(line) }));
  await db.insertInto('boot_move').values(rows).execute();
}

/** Whether the line would be another one without it: between two of the same offset it says nothing. */
function isCorner(anchor: Anchor, i: number, anchors: readonly Anchor[]): boolean {
  const offset = (one: Anchor | undefined) => (one === undefined ? null : one.wallMs - one.monotonicMs);
  return offset(anchors[i - 1]) !== offset(anchor) || offset(anchors[i + 1]) !== offset(anchor);
}
