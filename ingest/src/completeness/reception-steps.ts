import type { Insertable, Transaction } from 'kysely';
import type { Placement } from '../boot-time/placement.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import { insertRows } from '../store/row-sets.ts';
import type { CompletenessTables } from './completeness-tables.ts';
import type { ReceptionFacts } from './reception-facts.ts';

/** Length of a step, ms: fine enough for a leg, and 52,560 rows for a device that records a whole year. */
export const STEP_MS = 600_000;

/** Start of the step of records whose time is not known; no multiple of the length. */
export const UNDATED = -1;

type StepRow = Insertable<CompletenessTables['reception_step']>;

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

/** A record of a boot and its time, ms; null while that is not known. */
export interface DatedSeq {
  seq: number;
  at: number | null;
}

/** Adds records that are new to the steps in which they were made. */
export async function addToSteps(
  trx: Transaction<Database>,
  engine: Engine,
  facts: readonly ReceptionFacts[],
): Promise<void> {
  const rows: StepRow[] = [];
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
    for (const tally of boots.values()) rows.push(...tally.rows());
  }
  await insertRows(trx, engine, 'reception_step', rows, STEP_UPDATE);
}

/**
 * Writes the steps of a boot anew, after its records got another time. Steps of records that are not given any more,
 * because the inbox has let go of them, stay where they are.
 *
 * INVARIANT: `noteReception` has seen every record of the boot that is in the inbox.
 *
 * @param records all that the inbox has of the boot, by rising seq
 */
export async function rebuildSteps(
  trx: Transaction<Database>,
  boot: BootOfEpoch,
  records: readonly DatedSeq[],
): Promise<void> {
  const [first] = records;
  if (first === undefined) return;
  const ofBoot = trx
    .selectFrom('reception_step')
    .selectAll()
    .where('device_id', '=', boot.deviceId)
    .where('epoch', '=', boot.epoch)
    .where('boot_id', '=', boot.bootId)
    .where('last_seq', '>=', first.seq)
    .orderBy('first_seq');
  const old = await ofBoot.execute();
  const forgotten = old.reduce((sum, row) => sum + row.records, 0) - records.length;
  const rows = stepsOf(boot, records);
  const [straddling] = old;
  if (straddling !== undefined && straddling.first_seq < first.seq && forgotten > 0)
    keepForgotten(rows, { ...straddling, last_seq: first.seq - 1, records: forgotten });
  await trx
    .deleteFrom('reception_step')
    .where('device_id', '=', boot.deviceId)
    .where('epoch', '=', boot.epoch)
    .where('boot_id', '=', boot.bootId)
    .where('last_seq', '>=', first.seq)
    .execute();
  for (const chunk of insertChunks(rows)) await trx.insertInto('reception_step').values(chunk).execute();
}

/** What the inbox forgot of a step joins the records that are still known of it. */
function keepForgotten(rows: StepRow[], kept: StepRow): void {
  const same = rows.find(({ starts_at }) => starts_at === kept.starts_at);
  if (same === undefined) rows.push(kept);
  else {
    same.first_seq = kept.first_seq;
    same.first_at = kept.first_at ?? null;
    same.records += kept.records;
  }
}

/** When it happened, where that is known. */
export function instantOf(placement: Placement | null): number | null {
  return placement === null || placement.quality === 'bounded' ? null : placement.at;
}

function stepsOf(boot: BootOfEpoch, records: readonly DatedSeq[]): StepRow[] {
  const tally = new StepTally(boot);
  for (const { seq, at } of records) tally.add(seq, at);
  return tally.rows();
}

/** The steps of one boot. */
class StepTally {
  readonly #boot: BootOfEpoch;
  // Keyed by the start of the step.
  readonly #steps = new Map<number, StepRow>();

  constructor(boot: BootOfEpoch) {
    this.#boot = boot;
  }

  /** @param at ms; null while the time is not known */
  add(seq: number, at: number | null): void {
    const startsAt = at === null ? UNDATED : Math.floor(at / STEP_MS) * STEP_MS;
    const step = this.#steps.get(startsAt);
    if (step === undefined) {
      const { deviceId, epoch, bootId } = this.#boot;
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

  rows(): StepRow[] {
    return [...this.#steps.values()];
  }
}
