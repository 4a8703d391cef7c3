import type { Engine } from '../store/engine.ts';

/** A table whose rows occupy their owner over [starts_at, ends_at); an open end lasts for ever. */
interface ExclusiveRange {
  table: 'leg' | 'assignment';
  owner: 'shipment' | 'device';
  /** The error code that a violation carries: as the trigger's message, or as the name of the constraint. */
  code: 'LEDGER_LEG_OVERLAP' | 'LEDGER_ASSIGNMENT_OVERLAP';
}

const EXCLUSIVE_RANGES: readonly ExclusiveRange[] = [
  { table: 'leg', owner: 'shipment', code: 'LEDGER_LEG_OVERLAP' },
  { table: 'assignment', owner: 'device', code: 'LEDGER_ASSIGNMENT_OVERLAP' },
];

/**
 * The statements that make the database itself refuse two ranges of one owner which overlap, so that two
 * requests at the same instant cannot both succeed: an exclusion constraint in PostgreSQL, triggers in SQLite.
 */
export function rangeGuards(engine: Engine): string[] {
  if (engine === 'sqlite') return EXCLUSIVE_RANGES.flatMap(triggers);
  return ['create extension if not exists btree_gist', ...EXCLUSIVE_RANGES.map(exclusion)];
}

function exclusion({ table, owner, code }: ExclusiveRange): string {
  return `alter table ${table} add constraint ${code}
    exclude using gist (${owner} with =, int8range(starts_at, ends_at) with &&)`;
}

function triggers({ table, owner, code }: ExclusiveRange): string[] {
  return ['insert', 'update'].map(
    (verb) => `create trigger ${table}_${verb}_exclusive before ${verb} on ${table}
      when exists (
        select 1 from ${table} other
        where other.${owner} = new.${owner} and other.id <> new.id
          and (other.ends_at is null or other.ends_at > new.starts_at)
          and (new.ends_at is null or new.ends_at > other.starts_at))
      begin select raise(abort, '${code}'); end`,
  );
}
