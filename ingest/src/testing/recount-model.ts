import {
  countOf,
  type DeviceRecord,
  missingFrom,
  type OutboxSpan,
  type SeqRanges,
  unionOfRanges,
} from '@jostle/contracts';
import { type ChainRange, joinRun } from '../completeness/chain-rules.ts';
import { countNotReceived } from '../completeness/dropped-counts.ts';
import { type EpochAccount, heard, newAccount } from '../completeness/epoch-accounts.ts';
import { decide, IN_FLIGHT_MS } from '../completeness/gap-rules.ts';
import { type EpochName, epochKey } from '../inbox/epoch-group.ts';

/** A message of records with consecutive seq, some of which cannot be read. */
export interface ModelMessage extends EpochName {
  records: readonly DeviceRecord[];
  /** Seqs of those that cannot be read. */
  rejected: readonly number[];
  outbox: OutboxSpan;
  chainBefore: string | null;
}

/** What the inbox should have of an epoch. */
interface EpochModel {
  account: EpochAccount;
  received: SeqRanges;
  dead: SeqRanges;
  chain: ChainRange[];
  /** Seqs that are lost. */
  lost: ReadonlySet<number>;
  spans: SeqRanges;
}

/** What the inbox keeps account of, counted anew over everything after each batch. */
export class RecountModel {
  readonly #epochs = new Map<string, EpochModel>();

  /** @returns the receipts, by epoch in the order of arrival */
  commit(batch: readonly ModelMessage[], now: number, isReplay: boolean) {
    // Keyed by `epochKey`.
    const groups = new Map<string, ModelMessage[]>();
    for (const message of batch)
      groups.set(epochKey(message), [...(groups.get(epochKey(message)) ?? []), message]);
    const receipts = [...groups.values()].map((messages) => this.#take(messages, now, isReplay));
    this.#close(new Set(groups.keys()));
    return receipts;
  }

  epochs(): EpochName[] {
    return [...this.#epochs.values()].map(({ account }) => account);
  }

  content() {
    return [...this.#epochs.values()].map(({ account, received, dead, chain, lost }) => ({
      ...{ account, received, dead, chain, lost: lost.size },
    }));
  }

  #take(messages: readonly ModelMessage[], now: number, isReplay: boolean) {
    const [{ deviceId, epoch }] = messages as [ModelMessage];
    const old = this.#epochs.get(epochKey({ deviceId, epoch }));
    const before = old?.received ?? [];
    const settled = isReplay ? minus(before, old?.dead ?? []) : before;
    const good = messages.flatMap(({ records, rejected }) =>
      records.filter(({ seq }) => !rejected.includes(seq)),
    );
    const fresh = new Map(
      good.filter(({ seq }) => !holds(settled, seq)).map((record) => [record.seq, record]),
    );
    const answered = unionOfRanges(single(messages.flatMap(({ records }) => records.map(({ seq }) => seq))));
    const received = unionOfRanges(before, answered);
    const bad = messages.flatMap(({ rejected }) => rejected).filter((seq) => !holds(before, seq));
    const dead = minus(unionOfRanges(old?.dead ?? [], single(bad)), single([...fresh.keys()]));
    const spans = unionOfRanges(old?.spans ?? [], [...fresh.values()].flatMap(spanOfStone));
    const reports = isReplay ? [] : messages.map(({ outbox }) => outbox);
    const counted = this.#counted({ deviceId, epoch }, reports, received, now);
    const all = unionOfRanges(received, spans);
    const decision = decide(counted, reports, counted.minSeq, received, all);
    const account: EpochAccount = {
      ...{ ...counted, ...decision, received: countOf(received), dropped: countNotReceived(spans, received) },
      stored: counted.stored + fresh.size,
    };
    const lost = new Set([
      ...(old?.lost ?? []),
      ...numbersIn(missingFrom(all, counted.decidedBelow, account.decidedBelow - 1)),
    ]);
    for (const seq of lost) if (holds(all, seq)) lost.delete(seq);
    const chain = followed(old?.chain ?? [], account, isReplay ? [] : messages);
    this.#epochs.set(epochKey(account), { account, received, dead, chain, lost, spans });
    return {
      deviceId,
      epoch,
      ...receiptOf(received, answered, Math.max(...messages.map(({ outbox }) => outbox.minSeq))),
    };
  }

  #counted(name: EpochName, reports: readonly OutboxSpan[], received: SeqRanges, now: number): EpochAccount {
    const old = this.#epochs.get(epochKey(name))?.account;
    if (old !== undefined && reports.length === 0) return old;
    const minSeq = Math.max(0, ...reports.map((report) => report.minSeq));
    const maxSeq = Math.max(received.at(-1)?.[1] ?? 0, ...reports.map((report) => report.maxSeq));
    return heard(old ?? newAccount(name, now), now, minSeq, maxSeq);
  }

  /** Another outbox of a device took the place of those that have been silent for long. */
  #close(speaking: ReadonlySet<string>): void {
    for (const [key, model] of this.#epochs) {
      const { account, received, spans } = model;
      const others = [...this.#epochs].filter(
        ([
          other,
          {
            account: { deviceId },
          },
        ]) => speaking.has(other) && deviceId === account.deviceId,
      );
      const heardAt = Math.max(0, ...others.map(([, other]) => other.account.lastHeardAt));
      if (speaking.has(key) || account.closedAt !== null || heardAt - account.lastHeardAt < IN_FLIGHT_MS)
        continue;
      const decidedBelow = Math.max(account.decidedBelow, account.maxSeq + 1);
      const gone = missingFrom(unionOfRanges(received, spans), account.decidedBelow, decidedBelow - 1);
      this.#epochs.set(key, {
        ...model,
        account: { ...account, decidedBelow, pending: null, closedAt: heardAt },
        lost: new Set([...model.lost, ...numbersIn(gone)]),
      });
    }
  }
}

function followed(
  old: ChainRange[],
  { epoch, decidedBelow }: EpochAccount,
  messages: readonly ModelMessage[],
): ChainRange[] {
  const linked = messages.filter(
    ({ chainBefore, rejected }) => chainBefore !== null && rejected.length === 0,
  );
  if (linked.length === 0) return old;
  return linked
    .reduce(
      (ranges, { chainBefore, records }) =>
        joinRun(ranges, epoch, { chainBefore: chainBefore ?? '', records }).ranges,
      old,
    )
    .filter(({ toSeq }) => toSeq >= decidedBelow - 1);
}

function receiptOf(received: SeqRanges, answered: SeqRanges, minSeq: number) {
  const settled = minSeq > 1 ? unionOfRanges(received, [[1, minSeq - 1]]) : received;
  const upTo = settled[0]?.[0] === 1 ? settled[0][1] : 0;
  const have = settled.filter(([from, to]) => from > upTo && answered.some(([a, b]) => a <= to && b >= from));
  return { upTo, have };
}

function spanOfStone(record: DeviceRecord): SeqRanges {
  return record.kind === 'tombstone' ? [[record.body.fromSeq, record.body.toSeq]] : [];
}

function single(seqs: readonly number[]): SeqRanges {
  return seqs.map((seq) => [seq, seq]);
}

function holds(ranges: SeqRanges, seq: number): boolean {
  return ranges.some(([from, to]) => from <= seq && seq <= to);
}

function minus(ranges: SeqRanges, others: SeqRanges): SeqRanges {
  return unionOfRanges(single(numbersIn(ranges).filter((seq) => !holds(others, seq))));
}

function numbersIn(ranges: SeqRanges): number[] {
  return ranges.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
}
