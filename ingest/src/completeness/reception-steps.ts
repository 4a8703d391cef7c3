import type { Insertable, Transaction } from 'kysely';
import type { Placement } from '../boot-time/placement.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertRows } from '../store/row-sets.ts';
import type { CompletenessTables } from './completeness-tables.ts';
import type { ReceptionFacts } from './reception-facts.ts';

/** Length of a step, ms: fine enough for a leg, and 52,560 rows for a device that records a whole year. */
export const STEP_MS = 600_000;

/** Start of the step of records whose time is not known; no multiple of the length. */
export const UNDATED = -1;

export type StepRow = Insertable<CompletenessTables['reception_step']>;

const STEP_UPDATE = `on conflict (device_id, epoch, boot_id, starts_at) do update set
  first_seq = ${extreme('first_seq', '<')}, last_seq = ${extreme('last_seq', '>')},
  first_at = ${extreme('first_at', '<')}, last_at = ${extreme('last_at', '>')},
  records = reception_step.records + excluded.records`;

function extreme(column: string, side: '<' | '>'): string {
  const [kept, given] = [`reception_step.${column}`, `excluded.${column}`];
  return `case when ${given} ${side} ${kept} then ${given} else ${kept} end`;
}

export interface BootOfEpoch {
  deviceId: string;
  epoch: string;
  bootId: string;
}

/** Adds records that are new to the steps in which they were made. */
export async function addToSteps(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
): Promise<void> {
  const tallies: StepTally[] = [];
  for (const { deviceId, epoch, fresh } of facts) {
    // Keyed by boot id.
    const boots = new Map<string, StepTally>();
    for (const { records, placements } of fresh) {
      const bootId = records[0]?.bootId ?? '';
      const tally = boots.get(bootId) ?? new StepTally({ deviceId, epoch, bootId });
      boots.set(bootId, tally);
      for (let i = 0; i < records.length; i++)
        tally.add(records[i]?.seq ?? 0, instantOf(placements[i] ?? null));
    }
    tallies.push(...boots.values());
  }
  await addTallies(trx, engine, tallies);
}

/** @param tallies of one boot each, of records that no step counts yet */
export async function addTallies(
  trx: Transaction<Database>,
  engine: Engine,
  tallies: readonly StepTally[],
): Promise<void> {
  const rows = tallies.flatMap((tally) => tally.rows());
  await insertRows(trx, engine, 'reception_step', rows, STEP_UPDATE);
}

/**
 * Writes the steps of a boot anew, after its records got another time. Records below `firstSeq` that are not
 * given, because the inbox has let go of them or because they lie where they did, stay where they are.
 *
 * INVARIANT: `noteReception` has seen every record of the boot that is in the inbox.
 *
 * @param tally of all that the inbox has of the boot from `firstSeq` on, and of the step that this seq divides
 */
export async function rebuildSteps(
  trx: Transaction<Database>,
  engine: Engine,
  tally: StepTally,
  firstSeq = tally.firstSeq,
): Promise<void> {
  const rows = tally.rows();
  const { boot } = tally;
  const old = await stepsOf(trx, boot).where('last_seq', '>=', firstSeq).orderBy('first_seq').execute();
  const kept = recordsIn(old) - recordsIn(rows);
  const [straddling] = old;
  if (straddling !== undefined && straddling.first_seq < firstSeq && kept > 0)
    keepBelow(rows, straddling, firstSeq, kept);
  await trx
    .deleteFrom('reception_step')
    .where('device_id', '=', boot.deviceId)
    .where('epoch', '=', boot.epoch)
    .where('boot_id', '=', boot.bootId)
    .where('last_seq', '>=', firstSeq)
    .execute();
  // Records may have moved into a step that ends below all of them.
  await insertRows(trx, engine, 'reception_step', rows, STEP_UPDATE);
}

/** The steps of a boot that have records on both sides of a seq: two of them at most, where there are more. */
export function dividedSteps(trx: Transaction<Database>, boot: BootOfEpoch, seq: number): Promise<StepRow[]> {
  return stepsOf(trx, boot).where('first_seq', '<', seq).where('last_seq', '>=', seq).limit(2).execute();
}

function stepsOf(trx: Transaction<Database>, { deviceId, epoch, bootId }: BootOfEpoch) {
  return trx
    .selectFrom('reception_step')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('boot_id', '=', bootId);
}

function recordsIn(rows: readonly Pick<StepRow, 'records'>[]): number {
  return rows.reduce((sum, { records }) => sum + records, 0);
}

/** The records below a seq that are counted in a step join those from there on that are in the same step. */
function keepBelow(rows: StepRow[], step: StepRow, firstSeq: number, records: number): void {
  const same = rows.find(({ starts_at }) => starts_at === step.starts_at);
  if (same === undefined) {
    rows.push({ ...step, last_seq: firstSeq - 1, records });
    return;
  }
  same.records += records;
  same.first_seq = step.first_seq;
  // Nobody knows any more which of its records lay at its ends: rather too wide than too narrow.
  same.first_at = extremeOf(Math.min, same.first_at, step.first_at);
  same.last_at = extremeOf(Math.max, same.last_at, step.last_at);
}

type Instant = number | null | undefined;

function extremeOf(pick: (a: number, b: number) => number, a: Instant, b: Instant): number | null {
  return a == null || b == null ? (a ?? b ?? null) : pick(a, b);
}

/** Start of the step of an instant, ms; that of records without a time where it is null. */
export function startOfStep(at: number | null): number {
  return at === null ? UNDATED : Math.floor(at / STEP_MS) * STEP_MS;
}

/** When it happened, where that is known. */
export function instantOf(placement: Placement | null): number | null {
  return placement === null || placement.quality === 'bounded' ? null : placement.at;
}

/** The steps of records of one boot, given in any order. */
export class StepTally {
  readonly boot: BootOfEpoch;
  // Keyed by the start of the step.
  readonly #steps = new Map<number, StepRow>();

  constructor(boot: BootOfEpoch) {
    this.boot = boot;
  }

  /** @param at ms; null while the time is not known */
  add(seq: number, at: number | null): void {
    const startsAt = startOfStep(at);
    const step = this.#steps.get(startsAt);
    if (step === undefined) {
      const { deviceId, epoch, bootId } = this.boot;
      this.#steps.set(startsAt, {
        device_id: deviceId,
        epoch,
        boot_id: bootId,
        starts_at: startsAt,
        first_seq: seq,
        last_seq: seq,
        first_at: at,
        last_at: at,
        records: 1,
      });
      return;
    }
    step.records += 1;
    step.first_seq = Math.min(step.first_seq, seq);
    step.last_seq = Math.max(step.last_seq, seq);
    if (at !== null) {
      step.first_at = Math.min(step.first_at ?? at, at);
      step.last_at = Math.max(step.last_at ?? at, at);
    }
  }

  /** The lowest seq of them; infinite without any. */
  get firstSeq(): number {
    return this.rows().reduce((first, row) => Math.min(first, row.first_seq), Number.POSITIVE_INFINITY);
  }

  rows(): StepRow[] {
    return [...this.#steps.values()];
  }
}
