import type { Transaction } from 'kysely';
import { knownTimeOf } from '../boot-time/boot-line.ts';
import { lineOf } from '../boot-time/boot-line-reader.ts';
import type { NotedBoot } from '../boot-time/boot-notes.ts';
import { movedFrom } from '../boot-time/moving.ts';
import { reachesBefore, runPages } from '../boot-time/run-pages.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { dividedSteps, rebuildSteps, type StepRow, StepTally, startOfStep } from './reception-steps.ts';

/**
 * Brings the steps of a boot to where its records are now, from those that the inbox still has and that may have moved.
 */
export async function redateSteps(
  trx: Transaction<Database>,
  engine: Engine,
  noted: NotedBoot,
): Promise<void> {
  const fromMono = movedFrom(noted);
  if (fromMono === null) return;
  const { row: boot, anchors } = noted;
  const line = lineOf(boot, anchors);
  const tally = new StepTally({ deviceId: boot.device_id, epoch: boot.epoch, bootId: boot.boot_id });
  /** From here on every record is in the tally; below, only those of the step that this seq divides. */
  let firstSeq = Number.POSITIVE_INFINITY;
  let divided: StepRow | undefined;
  for await (const runs of runPages(trx, boot)) {
    for (const { clock, records } of runs) {
      const timeOf = knownTimeOf(line, clock);
      for (const { seq, measuredAt, monotonicMs } of records) {
        const at = timeOf(measuredAt, monotonicMs);
        if (divided === undefined || startOfStep(at) === divided.starts_at) tally.add(seq, at);
      }
    }
    const lowest = runs.at(-1)?.fromSeq ?? 0;
    if (divided !== undefined) {
      if (lowest <= divided.first_seq) break;
      continue;
    }
    firstSeq = tally.firstSeq;
    if (!reachesBefore(runs, fromMono)) continue;
    const steps = await dividedSteps(trx, tally.boot, firstSeq);
    if (steps.length === 0) break;
    if (steps.length === 1) [divided] = steps;
  }
  if (tally.rows().length > 0) await rebuildSteps(trx, engine, tally, firstSeq);
}
