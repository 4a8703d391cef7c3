import type { OutboxRows } from './outbox-rows.ts';

/** Samples are halved so often at most: one of sixteen stays. Then whole spans are dropped. */
const HALVINGS_MAX = 4;

/**
 * How room is made. `halve` is gentle, and enough where records are too many; `sift` leaves one sample of sixteen, which
 * empties pages, and is for a file that may not grow; `drop` takes whole spans of routine records.
 */
export type WayToMakeRoom = 'halve' | 'sift' | 'drop';

const HALVINGS = { halve: 1, sift: HALVINGS_MAX, drop: 0 } as const;

/** Samples that are looked at together at least: in fewer each sensor might have none to spare. */
const SPAN_MIN = 64;

/** How far the climate samples of an outbox have been thinned. */
export interface ThinningState {
  /** What lies above `upTo` was halved at least so often. */
  halvings: number;
  /** The present pass has come to this seq. */
  upTo: number;
  /** No sample above this was thinned. */
  highest: number;
}

export const NOT_THINNED: ThinningState = { halvings: 0, upTo: 0, highest: 0 };

/** What a full outbox let go of. */
export interface MadeRoom {
  count: number;
  /** One range from the first to the last of what was thinned, and one of what was dropped; between, records may stay. */
  ranges: [from: number, to: number][];
  next: ThinningState;
}

/**
 * Makes room: of each sensor samples of the oldest span go that was not yet thinned, and only when all were thinned often
 * enough, whole spans of routine records. Coverage stays as long as climate can be thinned: without it, quiet is not known
 * to be quiet. Events never go. To be called within a transaction.
 *
 * @param count how many are to go; fewer go where there are not as many
 */
export function makeRoom(
  rows: OutboxRows,
  way: WayToMakeRoom,
  state: ThinningState,
  count: number,
): MadeRoom {
  const thinned = way === 'drop' ? { count: 0, ranges: [], next: state } : thin(rows, way, state, count);
  const left = count - thinned.count;
  const dropped = left > 0 ? rows.oldestRoutine(left) : [];
  rows.removeEach(dropped);
  return {
    ...thinned,
    count: thinned.count + dropped.length,
    ranges: [...thinned.ranges, ...rangeOf(dropped)],
  };
}

function thin(rows: OutboxRows, way: 'halve' | 'sift', state: ThinningState, count: number): MadeRoom {
  const keepOneOf = 2 ** HALVINGS[way];
  let { halvings, upTo, highest } = state;
  const gone: number[] = [];
  while (gone.length < count) {
    const wanted = Math.ceil(((count - gone.length) * keepOneOf) / (keepOneOf - 1));
    const span = rows.oldestClimate(upTo, Math.max(SPAN_MIN, wanted));
    const last = span.at(-1)?.seq;
    if (last === undefined) {
      // The last pass never ends: what is stored from now on is thinned by it, too.
      if (halvings + HALVINGS[way] >= HALVINGS_MAX) break;
      halvings += HALVINGS[way];
      upTo = 0;
      continue;
    }
    const seqs = surplusOf(span, keepOneOf);
    rows.removeEach(seqs);
    gone.push(...seqs);
    upTo = last;
    highest = Math.max(highest, last);
  }
  gone.sort((a, b) => a - b);
  return { count: gone.length, ranges: rangeOf(gone), next: { halvings, upTo, highest } };
}

function rangeOf(seqs: readonly number[]): [from: number, to: number][] {
  const [first] = seqs;
  const last = seqs.at(-1);
  return first === undefined || last === undefined ? [] : [[first, last]];
}

/** Of each sensor all but the first of so many. */
function surplusOf(span: readonly { seq: number; body: string }[], keepOneOf: number): number[] {
  // Keyed by sensor: how many came.
  const counts = new Map<string, number>();
  return span
    .filter(({ body }) => {
      const sensor = /"sensor":"([^"]*)"/.exec(body)?.[1] ?? '';
      const n = counts.get(sensor) ?? 0;
      counts.set(sensor, n + 1);
      return n % keepOneOf !== 0;
    })
    .map(({ seq }) => seq);
}
