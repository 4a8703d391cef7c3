import { type Figure, figure } from '../figures/figure.ts';
import type { Need } from './needs.ts';

export interface DrillOptions {
  /** Same seed, same order of the same faults; what the machine makes of them still differs. */
  seed: number;
  /** Thousands of faults instead of as many as a test run has time for. */
  isLong: boolean;
  /** An empty folder of the drill's own; removed afterwards. */
  folder: string;
  progress(text: string): void;
}

/** What a drill counted. Records are counted against what their generator wrote down, never against what was sent. */
export interface DrillResult {
  /** Records whose storing in the outbox was confirmed to the generator. */
  generated: number;
  /** Of those, how many ingest does not have, although no tombstone names them. */
  lost: number;
  /** How many ingest has under two identities, or two times under one. */
  twice: number;
  /** Alerts that ingest raised about the devices of the generators; left out where they are wanted. */
  alerts?: number;
  /** Records that a tombstone names; left out where outboxes may drop some. */
  dropped?: number;
  /** Deliveries that came again and changed nothing; left out where nothing counts them. */
  absorbed?: number;
  /** From the end of the last fault until ingest had everything, ms; left out where there is no such moment. */
  recoveryMs?: number;
  /** How long that may take, ms; left out where it only is there to be known. */
  recoveryMaxMs?: number;
  /** What this drill has to show besides; its ids begin with the name of the drill. */
  others?: readonly Figure[];
}

/** One kind of fault, made on purpose against the real parts. */
export interface Drill {
  /** As it is typed. */
  name: string;
  /** What is done to whom, in one sentence. */
  about: string;
  /** What of the system runs, and how, in a few words. */
  parts: string;
  /** What it takes of the machine beyond Node; nothing without it. */
  needs?: readonly Need[];
  /** @throws where the drill itself cannot run; what it finds is in the result */
  run(options: DrillOptions): Promise<DrillResult>;
}

/** The figures of a result: nothing may be lost and nothing counted twice. */
export function drillFigures({ name, about }: Drill, result: DrillResult): Figure[] {
  const {
    generated,
    lost,
    twice,
    alerts,
    dropped,
    absorbed,
    recoveryMs,
    recoveryMaxMs,
    others = [],
  } = result;
  const known = [
    figure(`${name}.generated`, generated, 'records', about, { atLeast: 1 }),
    figure(`${name}.lost`, lost, 'records', 'Of those, never stored and in no tombstone.', { atMost: 0 }),
    figure(`${name}.twice`, twice, 'records', 'Stored more than once.', { atMost: 0 }),
  ];
  if (alerts !== undefined)
    known.push(
      figure(`${name}.alerts`, alerts, 'alerts', 'Raised, although nothing was lost.', { atMost: 0 }),
    );
  if (dropped !== undefined)
    known.push(
      figure(`${name}.dropped`, dropped, 'records', 'Named by a tombstone, although there was room.', {
        atMost: 0,
      }),
    );
  if (absorbed !== undefined)
    known.push(figure(`${name}.absorbed`, absorbed, 'records', 'Came again and changed nothing.'));
  if (recoveryMs !== undefined)
    known.push(
      figure(
        `${name}.recovery`,
        recoveryMs,
        'ms',
        'From the end of the last fault until all was stored.',
        recoveryMaxMs === undefined ? undefined : { atMost: recoveryMaxMs },
      ),
    );
  return [...known, ...others];
}
