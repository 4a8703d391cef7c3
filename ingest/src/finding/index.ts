import type { Clock, Finding } from '@jostle/contracts';
import { correlate } from '../correlation/correlate.ts';
import type { Store } from '../store/store.ts';
import { readCase } from './case-reader.ts';
import { findingId } from './finding-id.ts';

export interface Findings {
  /**
   * What is known by now about the cause of a return. While no message of its devices comes and no record becomes late, the
   * answer stays the same to the last character, `computedAt` included.
   *
   * @throws JostleError REST_NOT_FOUND where there is no such return
   */
  findingOf(returnId: string): Promise<Finding>;
}

export function createFindings({ store, clock }: { store: Store; clock: Clock }): Findings {
  const { db } = store;

  async function kept(id: string): Promise<Finding | undefined> {
    const row = await db.selectFrom('finding').select('body').where('id', '=', id).executeTakeFirst();
    return row === undefined ? undefined : (JSON.parse(row.body) as Finding);
  }

  return {
    async findingOf(returnId) {
      const now = clock.wallMs();
      const given = await readCase(db, returnId, now);
      const id = findingId(given);
      const known = await kept(id);
      if (known !== undefined) return known;
      const finding = { id, computedAt: new Date(now).toISOString(), ...correlate(given) };
      await db
        .insertInto('finding')
        .values({ id, return_id: returnId, computed_at: now, body: JSON.stringify(finding) })
        .onConflict((conflict) => conflict.column('id').doNothing())
        .execute();
      return (await kept(id)) ?? finding;
    },
  };
}
