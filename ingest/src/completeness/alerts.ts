import { type AlertKind, countOf, missingFrom } from '@jostle/contracts';
import type { Selectable, Transaction } from 'kysely';
import { type EpochName, epochKey } from '../inbox/epoch-group.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertChunks } from '../store/insert-chunks.ts';
import type { CompletenessTables } from './completeness-tables.ts';
import { readSettled } from './settled-ranges.ts';

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

/** Of which an outbox has one open alert, however far apart lies what it is about. That it grows is no news. */
const GATHERED: AlertKind = 'quarantine-full';

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
    const isGathered = item.kind === GATHERED;
    if (!isGathered && same.some((row) => row.from_seq <= item.fromSeq && item.toSeq <= row.to_seq)) continue;
    const growing = same.find((row) => row.acknowledged_at === null && (isGathered || touches(row, item)));
    if (growing === undefined) {
      fresh.push(item);
      raised.add(item);
      continue;
    }
    const from_seq = Math.min(growing.from_seq, item.fromSeq);
    const to_seq = Math.max(growing.to_seq, item.toSeq);
    // What is gathered may come again.
    const records = Math.min(growing.records + item.records, to_seq - from_seq + 1);
    const range = { from_seq, to_seq, records };
    Object.assign(growing, range);
    await trx.updateTable('alert').set(range).where('id', '=', growing.id).execute();
    if (isGathered) continue;
    raised.add({ ...item, fromSeq: range.from_seq, toSeq: range.to_seq, records: range.records });
  }
  for (const chunk of insertChunks(fresh)) await trx.insertInto('alert').values(chunk.map(newRow)).execute();
  return [...raised];
}

/**
 * Takes out of the alerts about lost records what came after all, or was dropped.
 *
 * @param late epochs of which something came that was lost, each with the time of its batch, ms
 */
export async function settleAlerts(
  trx: Transaction<Database>,
  engine: Engine,
  late: readonly (EpochName & { receivedAt: number })[],
): Promise<void> {
  if (late.length === 0) return;
  // Keyed by `epochKey`: when it came.
  const times = new Map(late.map((epoch) => [epochKey(epoch), epoch.receivedAt]));
  const rows = (await unresolvedOf(trx, late)).filter(
    (row) => row.kind === 'lost' && times.has(epochKey(nameOf(row))),
  );
  const windows = rows.map((row) => ({ ...nameOf(row), fromSeq: row.from_seq, toSeq: row.to_seq }));
  const found = await readSettled(trx, engine, windows);
  for (const row of rows) {
    const key = epochKey(nameOf(row));
    const missing = countOf(missingFrom(found.get(key)?.settled ?? [], row.from_seq, row.to_seq));
    if (missing === row.records) continue;
    await trx
      .updateTable('alert')
      .set({ records: missing, resolved_at: missing === 0 ? (times.get(key) ?? null) : null })
      .where('id', '=', row.id)
      .execute();
  }
}

function nameOf({ device_id: deviceId, epoch }: AlertRow): EpochName {
  return { deviceId, epoch };
}

async function unresolvedOf(trx: Transaction<Database>, news: readonly EpochName[]): Promise<AlertRow[]> {
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
