/**
 * Requests are answered in the order in which they were sent. A statement with `each` runs once for each row of that JSON
 * array of parameters. A statement with `chunk` answers with its first so many rows, each `more` with the next ones, and
 * none when there are no more; until then, or until `enough`, nothing else may be asked. `copyTo` is answered when the
 * copy has begun; `SqliteCopied` comes when it has ended.
 */
export type SqliteRequest = SqliteStatement | { copyTo: string } | 'more' | 'enough' | 'close';

export type SqliteStatement =
  | { sql: string; params: readonly unknown[]; chunk?: number }
  | { sql: string; each: string };

/** A request after statements that get no answer: if one of them fails, all fails like it, up to a rollback. */
export interface SqliteMessage {
  before: readonly SqliteStatement[];
  request: SqliteRequest;
}

export type SqliteReply =
  | {
      rows: unknown[];
      /** In place of `rows`, as JSON, where a statement ran for each row of parameters. */
      json?: string;
      changes: number | undefined;
      insertId: number | undefined;
    }
  | { error: SqliteFault };

/** The end of a copy, out of the order of the answers. */
export interface SqliteCopied {
  copied: 'whole' | SqliteFault;
}

export interface SqliteFault {
  code: string;
  message: string;
}
