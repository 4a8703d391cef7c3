import type { Kysely } from 'kysely';
import type { Database } from '../store/database.ts';
import { TELEMETRY_CURSOR } from './telemetry-writer.ts';

/**
 * Has the telemetry writer carry everything in the inbox again, from its beginning: a point replaces itself. To be called
 * while no writer runs, where nobody knows what the telemetry store has.
 */
export async function forgetTelemetryCursor(db: Kysely<Database>): Promise<void> {
  await db.deleteFrom('cursor').where('name', '=', TELEMETRY_CURSOR).execute();
}
