import type { Transaction } from 'kysely';
import type { Database } from '../store/database.ts';
import type { Engine } from '../store/engine.ts';
import { selectByKeys } from '../store/row-sets.ts';
import type { Quarantine } from './quarantine.ts';
import type { Submission } from './submission.ts';

/** Messages kept as evidence, for one device and in all: anybody could invent devices without end. */
const KEPT_PER_DEVICE = 10;
const KEPT_IN_ALL = 1000;

const CODE = 'INGEST_DEVICE_UNKNOWN';

/** The ids among `deviceIds` that are registered. */
export async function registeredAmong(
  trx: Transaction<Database>,
  engine: Engine,
  deviceIds: ReadonlySet<string>,
): Promise<Set<string>> {
  const keys = [...deviceIds].map((id) => ({ id }));
  const rows = await selectByKeys(trx, engine, 'device', ['id'], keys);
  return new Set(rows.map((row) => row.id));
}

/**
 * Keeps a few messages of devices that are not registered. They get no receipt: the device goes on holding
 * its records, and they arrive once it is registered.
 *
 * @returns how many were kept now
 */
export async function keepUnregistered(
  trx: Transaction<Database>,
  quarantine: Quarantine,
  submissions: readonly Submission[],
): Promise<number> {
  let kept = 0;
  for (const submission of submissions) {
    if (submission.kind === 'presence') continue;
    const { all, device } = await countKept(trx, submission.deviceId);
    if (all >= KEPT_IN_ALL || device >= KEPT_PER_DEVICE) continue;
    const raw = submission.kind === 'run' ? submission.raw : submission.reject.raw;
    const reject = { code: CODE, reason: 'the device is not registered', raw, seqs: null } as const;
    kept += (await quarantine.add(submission, [reject])).added;
  }
  return kept;
}

async function countKept(
  trx: Transaction<Database>,
  deviceId: string,
): Promise<{ all: number; device: number }> {
  const { all, device } = await trx
    .selectFrom('quarantine')
    .select(({ fn, eb }) => [
      fn.countAll<number>().as('all'),
      fn.sum<number | null>(eb.case().when('device_id', '=', deviceId).then(1).else(0).end()).as('device'),
    ])
    .where('code', '=', CODE)
    .executeTakeFirstOrThrow();
  return { all, device: device ?? 0 };
}
