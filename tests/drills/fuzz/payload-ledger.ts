import { createHash } from 'node:crypto';
import { countOf, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { commitAround, openStore, readMessage } from '@jostle/ingest/testing';

type Store = Awaited<ReturnType<typeof openStore>>;
type Report = Awaited<ReturnType<typeof commitAround>>;
type Submission = NonNullable<ReturnType<typeof readMessage>>;

/** What became of everything that was committed. */
export interface Ledger {
  stored: number;
  duplicates: number;
  quarantined: number;
  /** Found neither in the inbox nor in the quarantine, nor counted as repeated or beyond its room. */
  uncounted: number;
}

/** Keeps account of what goes into an inbox, so that it can be looked for afterwards. */
export class PayloadLedger {
  /** Ranges of what was said to be there, by device and epoch. */
  readonly #seqs = new Map<string, [from: number, to: number][]>();
  /** Rejects that name no seq: each content once per device. */
  readonly #nameless = new Set<string>();
  readonly #report = { stored: 0, duplicates: 0, conflicts: 0, overflow: 0 };
  #records = 0;

  note(submissions: readonly Submission[], report: Report): void {
    for (const key of ['stored', 'duplicates', 'conflicts', 'overflow'] as const)
      this.#report[key] += report[key];
    for (const submission of submissions) {
      if (submission.kind === 'presence') continue;
      const { deviceId, epoch } = submission;
      const records = submission.kind === 'run' ? submission.records : [];
      this.#records += records.length;
      for (const { seq } of records) this.#expect(deviceId, epoch, [seq, seq]);
      for (const { seqs, raw, code } of submission.kind === 'run'
        ? submission.rejects
        : [submission.reject]) {
        const digest = () =>
          createHash('sha256').update(`${deviceId} ${epoch} ${code} `).update(raw).digest('hex');
        if (seqs === null) this.#nameless.add(digest());
        else this.#expect(deviceId, epoch, seqs);
      }
    }
  }

  /** Looks for everything in the store. */
  async settled({ db }: Store): Promise<Ledger> {
    const received = await db.selectFrom('received').selectAll().orderBy('from_seq').execute();
    const byEpoch = new Map<string, [number, number][]>();
    for (const { device_id, epoch, from_seq, to_seq } of received) {
      const key = `${device_id}/${epoch}`;
      byEpoch.set(key, [...(byEpoch.get(key) ?? []), [from_seq, to_seq]]);
    }
    let uncounted = 0;
    for (const [key, ranges] of this.#seqs)
      for (const [from, to] of ranges)
        uncounted += countOf(missingFrom(around(byEpoch.get(key) ?? [], from), from, to));
    const rows = await db.selectFrom('quarantine').select(['seq']).execute();
    const nameless = rows.filter(({ seq }) => seq === null).length;
    const { stored, duplicates, conflicts, overflow } = this.#report;
    uncounted += Math.max(0, this.#nameless.size - nameless - overflow);
    uncounted += Math.abs(this.#records - stored - duplicates - conflicts);
    return { stored, duplicates, quarantined: rows.length, uncounted };
  }

  #expect(deviceId: string, epoch: string | null, range: readonly [number, number]): void {
    const key = `${deviceId}/${epoch}`;
    const ranges = this.#seqs.get(key) ?? [];
    ranges.push([range[0], range[1]]);
    this.#seqs.set(key, ranges);
  }
}

/** Those of many ranges that may touch a seq and what follows it: the last that begins before it, and a few more. */
function around(ranges: SeqRanges, seq: number): SeqRanges {
  let [low, high] = [0, ranges.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ranges[middle]?.[0] ?? 0) <= seq) low = middle + 1;
    else high = middle;
  }
  return ranges.slice(Math.max(0, low - 1), low + 2);
}
