import type { ImportRecord } from './import-record.ts';

export interface GroupRow<R> {
  line: number;
  row: R;
}

/** Rows that belong to one entry. It is written whole or not at all. */
export interface Group<R> {
  id: string;
  rows: GroupRow<R>[];
  /** First line that is wrong; null while all are good. */
  badLine: number | null;
}

/** Collects the rows of each order or shipment, wherever they stand in the file. */
export class EntryGroups<R> {
  // Keyed by the id of the entry.
  readonly #groups = new Map<string, Group<R>>();

  add(id: string, line: number, row: R): void {
    this.#of(id).rows.push({ line, row });
  }

  /** A row of this entry is wrong and was reported. */
  spoil(id: string, line: number): void {
    const group = this.#of(id);
    group.badLine ??= line;
  }

  /** The groups that are good throughout; the good rows of the others are refused for the bad one's sake. */
  *good(record: ImportRecord): Generator<Group<R>> {
    for (const group of this.#groups.values()) {
      if (group.badLine === null) yield group;
      else refuseGroup(group, [group.badLine], record);
    }
  }

  #of(id: string): Group<R> {
    let group = this.#groups.get(id);
    if (group === undefined) {
      group = { id, rows: [], badLine: null };
      this.#groups.set(id, group);
    }
    return group;
  }
}

/** Refuses the rows of a group that have no problem of their own. */
export function refuseGroup(group: Group<unknown>, badLines: readonly number[], record: ImportRecord): void {
  for (const { line } of group.rows)
    if (!badLines.includes(line))
      record.refuse(
        line,
        'IMPORT_GROUP_REFUSED',
        `It belongs to ${group.id} like line ${badLines[0]}, which is refused`,
      );
}
