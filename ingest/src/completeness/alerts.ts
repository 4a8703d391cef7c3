import { type AlertKind, countOf, missingFrom, type SeqRanges } from '@jostle/contracts';
import type { Selectable, Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { CompletenessTables } from './completeness-tables.ts';

/** Something that people have to be told of. */
export interface AlertNews {
  kind: AlertKind;
  deviceId: string;
  epoch: string;
  fromSeq: number;
  toSeq: number;
  records: number;
  at: number;
  detail: string;
}

type AlertRow = Selectable<CompletenessTables['alert']>;

/**
 * Raises alerts. One that touches an open one of its kind makes that grow; one that says nothing new is left out.
 *
 * @returns those that are new or grew, as they stand now
 */
export async function raiseAlerts(
  trx: Transaction<Database>,
  news: readonly AlertNews[],
): Promise<AlertNews[]> {
  if (news.length === 0) return [];
  const known = await unresolvedOf(trx, news);
  const raised = new Set<AlertNews>();
  const fresh: AlertNews[] = [];
  for (const item of joined(news)) {
    const same = known.filter((row) => isSameMatter(row, item));
    if (same.some((row) => row.from_seq <= item.fromSeq && item.toSeq <= row.to_seq)) continue;
    const growing = same.find((row) => row.acknowledged_at === null && touches(row, item));
    if (growing === undefined) {
      fresh.push(item);
      raised.add(item);
      continue;
    }
    const range = {
      from_seq: Math.min(growing.from_seq, item.fromSeq),
      to_seq: Math.max(growing.to_seq, item.toSeq),
      records: growing.records + item.records,
    };
    Object.assign(growing, range);
    await trx.updateTable('alert').set(range).where('id', '=', growing.id).execute();
    raised.add({ ...item, fromSeq: range.from_seq, toSeq: range.to_seq, records: range.records });
  }
  for (const chunk of insertChunks(fresh)) await trx.insertInto('alert').values(chunk.map(newRow)).execute();
  return [...raised];
}

/** Takes out of the alerts about lost records what came after all. */
export async function settleAlerts(
  trx: Transaction<Database>,
  { deviceId, epoch, at }: { deviceId: string; epoch: string; at: number },
  settled: SeqRanges,
): Promise<void> {
  const rows = await trx
    .selectFrom('alert')
    .selectAll()
    .where('device_id', '=', deviceId)
    .where('epoch', '=', epoch)
    .where('kind', '=', 'lost')
    .where('resolved_at', 'is', null)
    .execute();
  for (const { id, from_seq, to_seq, records } of rows) {
    const missing = countOf(missingFrom(settled, from_seq, to_seq));
    if (missing === records) continue;
    await trx
      .updateTable('alert')
      .set({ records: missing, resolved_at: missing === 0 ? at : null })
      .where('id', '=', id)
      .execute();
  }
}

async function unresolvedOf(trx: Transaction<Database>, news: readonly AlertNews[]): Promise<AlertRow[]> {
  return trx
    .selectFrom('alert')
    .selectAll()
    .where('device_id', 'in', [...new Set(news.map(({ deviceId }) => deviceId))])
    .where('epoch', 'in', [...new Set(news.map(({ epoch }) => epoch))])
    .where('resolved_at', 'is', null)
    .execute();
}

/** News of one batch that touch each other are one. */
function joined(news: readonly AlertNews[]): AlertNews[] {
  const all: AlertNews[] = [];
  const sorted = news.toSorted(
    (a, b) =>
      compare(a.kind, b.kind) ||
      compare(a.deviceId, b.deviceId) ||
      compare(a.epoch, b.epoch) ||
      a.fromSeq - b.fromSeq,
  );
  for (const item of sorted) {
    const last = all.at(-1);
    const isSame = last?.kind === item.kind && last.deviceId === item.deviceId && last.epoch === item.epoch;
    if (last === undefined || !isSame || item.fromSeq > last.toSeq + 1) all.push({ ...item });
    else if (item.toSeq > last.toSeq) {
      last.records += item.records;
      last.toSeq = item.toSeq;
    }
  }
  return all;
}

function isSameMatter(row: AlertRow, { kind, deviceId, epoch }: AlertNews): boolean {
  return row.kind === kind && row.device_id === deviceId && row.epoch === epoch;
}

function touches(row: AlertRow, { fromSeq, toSeq }: AlertNews): boolean {
  return row.from_seq <= toSeq + 1 && fromSeq <= row.to_seq + 1;
}

function newRow({ kind, deviceId, epoch, fromSeq, toSeq, records, at, detail }: AlertNews) {
  return {
    ...{ kind, device_id: deviceId, epoch, from_seq: fromSeq, to_seq: toSeq, records },
    ...{ raised_at: at, detail, acknowledged_at: null, acknowledged_by: null, resolved_at: null },
  };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
