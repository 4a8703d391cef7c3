/** As the only parameter of a statement on SQLite: it runs once for each row, and the rows that it gives are joined. */
export class EachRow {
  readonly rows: readonly (readonly unknown[])[];

  constructor(rows: readonly (readonly unknown[])[]) {
    this.rows = rows;
  }
}
