import { unionOfRanges } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { Interval } from '../correlation/intervals.ts';
import type { Database } from '../store/database.ts';
import { accountOf, type EpochAccount } from './epoch-accounts.ts';
import { agedSeqAt } from './gap-rules.ts';
import { gapsOf, type SeqGap } from './gap-states.ts';
import type { DatedStep } from './gap-times.ts';
import { UNDATED } from './reception-steps.ts';
import { rangesOf } from './seq-sets.ts';

/** One outbox of a device with what is not in the inbox of it. */
export interface EpochGaps {
  account: EpochAccount;
  gaps: SeqGap[];
}

/** Every outbox that a device ever had. */
export async function readEpochs(db: Kysely<Database>, deviceId: string, now: number): Promise<EpochGaps[]> {
  const accounts = await db
    .selectFrom('reception_epoch')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('last_heard_at')
    .execute();
  const received = await db
    .selectFrom('received')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('from_seq')
    .execute();
  const dropped = await db
    .selectFrom('dropped')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('from_seq')
    .orderBy('to_seq')
    .orderBy('reason')
    .execute();
  const refused = await db
    .selectFrom('quarantine')
    .select(['epoch', 'seq', 'code'])
    .where('device_id', '=', deviceId)
    .where('seq', 'is not', null)
    .where('code', '<>', 'INGEST_RECORD_CONFLICT')
    .orderBy('seq')
    .execute();
  const dead = await db
    .selectFrom('dead')
    .selectAll()
    .where('device_id', '=', deviceId)
    .orderBy('from_seq')
    .execute();
  return accounts.map((row) => {
    const account = accountOf(row);
    const own = <T extends { epoch: string | null }>(rows: readonly T[]) =>
      rows.filter(({ epoch }) => epoch === account.epoch);
    const gaps = gapsOf({
      received: unionOfRanges(rangesOf(own(received))),
      dropped: own(dropped).map(({ from_seq, to_seq, reason }) => ({
        ...{ fromSeq: from_seq, toSeq: to_seq, reason },
      })),
      dead: rangesOf(own(dead)),
      codes: own(refused).flatMap(({ seq, code }) => (seq === null ? [] : [{ seq, code }])),
      maxSeq: account.maxSeq,
      decidedBelow: account.decidedBelow,
      agedSeq: agedSeqAt(account, now),
    });
    return { account, gaps };
  });
}

/** The steps of an epoch that lie in a span, those beside it, and what has no time. */
export interface EpochSteps {
  inSpan: number;
  dated: DatedStep[];
  undated: { fromSeq: number; toSeq: number; records: number }[];
}

/** @param span in whole steps; null for all that there is */
export async function readSteps(
  db: Kysely<Database>,
  { deviceId, epoch }: EpochAccount,
  span: Interval | null,
): Promise<EpochSteps> {
  const all = db
    .selectFrom('reception_step')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch);
  const dated = all.where('starts_at', '<>', UNDATED);
  const within =
    span === null
      ? await dated.execute()
      : await dated.where('starts_at', '>=', span.startsAt).where('starts_at', '<', span.endsAt).execute();
  const beside =
    span === null
      ? []
      : [
          ...(await dated
            .where('starts_at', '<', span.startsAt)
            .orderBy('starts_at', 'desc')
            .limit(1)
            .execute()),
          ...(await dated.where('starts_at', '>=', span.endsAt).orderBy('starts_at').limit(1).execute()),
        ];
  const undated = await all.where('starts_at', '=', UNDATED).execute();
  return {
    inSpan: within.reduce((sum, row) => sum + row.records, 0),
    dated: [...within, ...beside].map((row) => ({
      ...{ firstSeq: row.first_seq, lastSeq: row.last_seq },
      ...{ firstAt: row.first_at ?? row.starts_at, lastAt: row.last_at ?? row.starts_at },
    })),
    undated: undated.map((row) => ({
      ...{ fromSeq: row.first_seq, toSeq: row.last_seq, records: row.records },
    })),
  };
}
