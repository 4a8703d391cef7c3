import type { Engine } from '../store/engine.ts';

/** The message with which the database refuses a run that overlaps another one of its epoch. */
const REFUSAL = 'inbox runs overlap';

/**
 * The statements that make the database itself refuse two runs of one epoch which overlap. As none do, only the last
 * one that begins before the new one's end can reach into it: one look at the index. Whoever writes holds the inbox
 * lock, so that no other transaction can add a run meanwhile.
 */
export function runGuard(engine: Engine): string[] {
  const last = `select to_seq from inbox where device_id = new.device_id and epoch = new.epoch
    and from_seq <= new.to_seq order by from_seq desc limit 1`;
  const overlaps = `(${last}) >= new.from_seq`;
  if (engine === 'sqlite')
    return [
      `create trigger inbox_runs_apart before insert on inbox when ${overlaps}
        begin select raise(abort, '${REFUSAL}'); end`,
    ];
  return [
    `create function inbox_runs_apart() returns trigger language plpgsql as $$
      begin
        if ${overlaps} then raise exclusion_violation using message = '${REFUSAL}'; end if;
        return new;
      end $$`,
    `create trigger inbox_runs_apart before insert on inbox for each row execute function inbox_runs_apart()`,
  ];
}
