import { Worker } from 'node:worker_threads';
import { JostleError } from '@jostle/contracts';
import type { EachRow } from './each-row.ts';
import type {
  SqliteCopied,
  SqliteMessage,
  SqliteReply,
  SqliteRequest,
  SqliteStatement,
} from './sqlite-messages.ts';

type Result = Exclude<SqliteReply, { error: unknown }>;
interface Waiter {
  resolve(result: Result): void;
  reject(error: Error): void;
}

/** A statement that SQLite refused: `code` is its extended result code, such as SQLITE_CONSTRAINT_TRIGGER. */
class SqliteStatementError extends Error {
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.name = 'SqliteStatementError';
    this.code = code;
  }
}

/** SQLite in a worker thread, so that a commit's fsync never stops the event loop. Answers come in order. */
export class SqliteClient {
  readonly #worker: Worker;
  // In the order of the requests; the worker answers in the same order.
  readonly #waiters: Waiter[] = [];
  // Sent with the next request.
  readonly #later: SqliteStatement[] = [];
  // Of the copy that is under way.
  #copy: { resolve(): void; reject(error: Error): void } | undefined;
  #death: Error | undefined;
  readonly #lose: (reason: Error) => void;
  // Set by `close`, and where opening failed: from then on the end of the worker is no loss.
  #isEnding = false;

  private constructor(file: string, lose: (reason: Error) => void) {
    this.#lose = lose;
    // Without the flags of this process: they may name a loader, which takes longer than all else.
    const options = { workerData: { file }, execArgv: [] };
    this.#worker = new Worker(new URL('./sqlite-worker.js', import.meta.url), options);
    this.#worker.on('message', (reply: SqliteReply | SqliteCopied) =>
      'copied' in reply ? this.#endCopy(reply) : this.#settle(reply),
    );
    this.#worker.on('error', (error) => this.#die(error));
    this.#worker.on('exit', () =>
      this.#die(new SqliteStatementError('SQLITE_MISUSE', 'the thread of the store has ended')),
    );
  }

  /**
   * @param lose called once if the worker ends without having been told to
   * @throws JostleError INGEST_STORE_IN_USE where another process holds the file
   */
  static async open(file: string, lose: (reason: Error) => void): Promise<SqliteClient> {
    const client = new SqliteClient(file, lose);
    try {
      await client.#nextReply();
    } catch (error) {
      client.#isEnding = true;
      await client.#worker.terminate();
      if (error instanceof SqliteStatementError && error.code.startsWith('SQLITE_BUSY'))
        throw new JostleError(
          'INGEST_STORE_IN_USE',
          `${file} is open in another process: stop it, or set another JOSTLE_DATA_DIR.`,
          { cause: error },
        );
      throw error;
    }
    return client;
  }

  /** @throws SqliteStatementError */
  execute(sql: string, params: readonly unknown[] = []): Promise<Result> {
    return this.#send({ sql, params });
  }

  /**
   * Runs a statement of which only matters that it succeeds, before whatever is asked next and with it. Where it fails, so
   * does that, and all that is asked up to a rollback.
   */
  executeLater(sql: string, rows?: EachRow): void {
    this.#later.push(rows === undefined ? { sql, params: [] } : { sql, each: rows.json });
  }

  /** Runs a statement once for each row of parameters; the rows that it gives are joined. @throws SqliteStatementError */
  async executeEach(sql: string, { json }: EachRow): Promise<Result> {
    const result = await this.#send({ sql, each: json });
    const { json: rows } = result;
    return rows === undefined ? result : { ...result, rows: JSON.parse(rows) as unknown[] };
  }

  /**
   * The rows of a query in pieces; nothing else may be asked before its end.
   *
   * @throws SqliteStatementError
   */
  async *rows(sql: string, params: readonly unknown[], chunk: number): AsyncGenerator<Result> {
    let piece = await this.#send({ sql, params, chunk });
    try {
      while (piece.rows.length > 0) {
        yield piece;
        piece = await this.#send('more');
      }
    } finally {
      await this.#send('enough');
    }
  }

  /**
   * Copies the database into a file while statements go on. No transaction may be open before the promise resolves;
   * `whole` resolves when the copy is complete.
   *
   * @throws SqliteStatementError
   */
  async copyTo(file: string): Promise<{ whole: Promise<void> }> {
    const whole = new Promise<void>((resolve, reject) => {
      this.#copy = { resolve, reject };
    });
    // It may fail before the caller waits for it.
    whole.catch(() => {});
    await this.#send({ copyTo: file });
    return { whole };
  }

  async close(): Promise<void> {
    if (this.#death !== undefined) return;
    this.#isEnding = true;
    await this.#send('close');
    await this.#worker.terminate();
  }

  #send(request: SqliteRequest): Promise<Result> {
    if (this.#death !== undefined) return Promise.reject(this.#death);
    // Each message wakes a thread on either side: together they cost as much as one.
    const message: SqliteMessage = { before: this.#later, request };
    this.#worker.postMessage(message);
    this.#later.length = 0;
    return this.#nextReply();
  }

  #nextReply(): Promise<Result> {
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  #settle(reply: SqliteReply): void {
    const waiter = this.#waiters.shift();
    if ('error' in reply) waiter?.reject(new SqliteStatementError(reply.error.code, reply.error.message));
    else waiter?.resolve(reply);
  }

  #endCopy({ copied }: SqliteCopied): void {
    if (copied === 'whole') this.#copy?.resolve();
    else this.#copy?.reject(new SqliteStatementError(copied.code, copied.message));
    this.#copy = undefined;
  }

  #die(error: Error): void {
    if (this.#death === undefined && !this.#isEnding) this.#lose(error);
    this.#death ??= error;
    this.#copy?.reject(this.#death);
    for (const waiter of this.#waiters.splice(0)) waiter.reject(this.#death);
  }
}
