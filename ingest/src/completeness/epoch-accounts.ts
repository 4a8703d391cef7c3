import type { Transaction } from 'kysely';
import { epochKey } from '../inbox/epoch-group.ts';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { insertRows, selectByKeys } from '../store/row-sets.ts';
import type { CompletenessTables } from './completeness-tables.ts';
import { type Ageing, aged, type Decision } from './gap-rules.ts';

/** What is known of one outbox. */
export interface EpochAccount extends Decision, Ageing {
  deviceId: string;
  epoch: string;
  minSeq: number;
  received: number;
  stored: number;
  dropped: number;
  closedAt: number | null;
}

interface EpochOfDevice {
  deviceId: string;
  epoch: string;
}

export function newAccount({ deviceId, epoch }: EpochOfDevice, now: number): EpochAccount {
  return {
    ...{ deviceId, epoch, lastHeardAt: now, minSeq: 0, maxSeq: 0, markSeq: 0, markAt: now, agedSeq: 0 },
    ...{ decidedBelow: 1, pending: null, received: 0, stored: 0, dropped: 0, closedAt: null },
  };
}

/** Notes that the outbox was heard. `maxSeq` is the highest seq that is known now. */
export function heard(
  account: EpochAccount,
  receivedAt: number,
  minSeq: number,
  maxSeq: number,
): EpochAccount {
  const { markSeq, markAt, agedSeq } = aged(account, receivedAt);
  return {
    ...account,
    markSeq,
    markAt,
    agedSeq,
    lastHeardAt: Math.max(account.lastHeardAt, receivedAt),
    minSeq: Math.max(account.minSeq, minSeq),
    maxSeq: Math.max(account.maxSeq, maxSeq),
    closedAt: null,
  };
}

/** The accounts of these epochs, and of every other outbox of their devices that still speaks. Keyed by `epochKey`. */
export async function readAccounts(
  trx: Transaction<Database>,
  engine: Engine,
  epochs: readonly EpochOfDevice[],
): Promise<Map<string, EpochAccount>> {
  const accounts = new Map<string, EpochAccount>();
  const read = async (keys: readonly { device_id: string; epoch?: string }[], condition: string) => {
    for (const row of await selectByKeys(trx, engine, 'reception_epoch', COLUMNS, keys, condition)) {
      const account = accountOf(row);
      accounts.set(epochKey(account), account);
    }
  };
  const devices = new Set(epochs.map(({ deviceId }) => deviceId));
  await read(
    [...devices].map((deviceId) => ({ device_id: deviceId })),
    'closed_at is null',
  );
  const others = epochs.filter((epoch) => !accounts.has(epochKey(epoch)));
  await read(
    others.map(({ deviceId, epoch }) => ({ device_id: deviceId, epoch })),
    'closed_at is not null',
  );
  return accounts;
}

export function accountOf(row: CompletenessTables['reception_epoch']): EpochAccount {
  const { pending_min: minSeq, pending_max: maxSeq } = row;
  return {
    deviceId: row.device_id,
    epoch: row.epoch,
    lastHeardAt: row.last_heard_at,
    minSeq: row.min_seq,
    maxSeq: row.max_seq,
    markSeq: row.mark_seq,
    markAt: row.mark_at,
    agedSeq: row.aged_seq,
    decidedBelow: row.decided_below,
    pending: minSeq === null || maxSeq === null ? null : { minSeq, maxSeq },
    received: row.received,
    stored: row.stored,
    dropped: row.dropped,
    closedAt: row.closed_at,
  };
}

export async function writeAccounts(
  trx: Transaction<Database>,
  engine: Engine,
  accounts: readonly EpochAccount[],
): Promise<void> {
  await insertRows(trx, engine, 'reception_epoch', accounts.map(rowOf), ACCOUNT_UPDATE);
}

function rowOf(account: EpochAccount): CompletenessTables['reception_epoch'] {
  return {
    device_id: account.deviceId,
    epoch: account.epoch,
    last_heard_at: account.lastHeardAt,
    min_seq: account.minSeq,
    max_seq: account.maxSeq,
    mark_seq: account.markSeq,
    mark_at: account.markAt,
    aged_seq: account.agedSeq,
    decided_below: account.decidedBelow,
    pending_min: account.pending?.minSeq ?? null,
    pending_max: account.pending?.maxSeq ?? null,
    received: account.received,
    stored: account.stored,
    dropped: account.dropped,
    closed_at: account.closedAt,
  };
}

const CHANGING = [
  ...(['last_heard_at', 'min_seq', 'max_seq', 'mark_seq', 'mark_at', 'aged_seq', 'decided_below'] as const),
  ...(['pending_min', 'pending_max', 'received', 'stored', 'dropped', 'closed_at'] as const),
] satisfies (keyof CompletenessTables['reception_epoch'])[];
const COLUMNS = ['device_id', 'epoch', ...CHANGING] as const;
const ACCOUNT_UPDATE = `on conflict (device_id, epoch) do update set ${CHANGING.map(
  (column) => `${column} = excluded.${column}`,
).join(', ')}`;
