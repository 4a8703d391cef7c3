/**
 * As the only parameter of a statement on SQLite: it runs once for each row, and the rows that it gives are joined. The
 * rows travel to the thread and back as JSON, which costs less than a structured clone of many small objects.
 */
export class EachRow {
  readonly json: string;
  /** Whether the statement only writes: within a transaction its end is not waited for. */
  readonly isWrite: boolean;

  /** @param rows numbers that are finite, text and null */
  constructor(rows: readonly (readonly unknown[])[], isWrite: boolean) {
    this.json = JSON.stringify(rows);
    this.isWrite = isWrite;
  }
}
