import {
  type CompiledQuery,
  type DatabaseConnection,
  type DatabaseIntrospector,
  type Dialect,
  type DialectAdapter,
  type Driver,
  type Kysely,
  type QueryCompiler,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import { EachRow } from './each-row.ts';
import { SqliteClient } from './sqlite-client.ts';

/** Kysely's SQLite dialect over a worker thread: one connection, taken in turn by queries and whole transactions. */
export class SqliteWorkerDialect implements Dialect {
  readonly #file: string;
  #driver: SqliteWorkerDriver | undefined;
  #lose: (reason: Error) => void = () => {};
  /** Resolves with the reason when the worker ends without having been told to. */
  readonly lost = new Promise<Error>((resolve) => {
    this.#lose = resolve;
  });

  constructor(file: string) {
    this.#file = file;
  }

  createDriver(): Driver {
    this.#driver = new SqliteWorkerDriver(this.#file, this.#lose);
    return this.#driver;
  }

  /** Copies the database into a new file while queries and transactions go on; the copy is of the moment at which it ends. */
  async copyTo(file: string): Promise<void> {
    await this.#driver?.copyTo(file);
  }

  createQueryCompiler(): QueryCompiler {
    return new SqliteQueryCompiler();
  }

  createAdapter(): DialectAdapter {
    return new TransactionalDdlAdapter();
  }

  createIntrospector(db: Kysely<unknown>): DatabaseIntrospector {
    return new SqliteIntrospector(db);
  }
}

/** SQLite can create tables inside a transaction; Kysely's adapter does not use it. */
class TransactionalDdlAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true;
  }
}

class SqliteWorkerDriver implements Driver {
  readonly #file: string;
  readonly #lose: (reason: Error) => void;
  #client: SqliteClient | undefined;
  #connection: SqliteWorkerConnection | undefined;
  // Resolves when the last one in the queue gives the connection back.
  #queue: Promise<void> = Promise.resolve();
  #release: () => void = () => {};

  constructor(file: string, lose: (reason: Error) => void) {
    this.#file = file;
    this.#lose = lose;
  }

  async init(): Promise<void> {
    this.#client = await SqliteClient.open(this.#file, this.#lose);
    this.#connection = new SqliteWorkerConnection(this.#client);
  }

  async acquireConnection(): Promise<DatabaseConnection> {
    const turn = this.#queue;
    let release = () => {};
    this.#queue = new Promise((resolve) => {
      release = resolve;
    });
    await turn;
    this.#release = release;
    if (this.#connection === undefined) throw new TypeError('the driver is used before init');
    return this.#connection;
  }

  async releaseConnection(): Promise<void> {
    this.#release();
  }

  async copyTo(file: string): Promise<void> {
    // A copy cannot begin within a transaction: it takes its turn.
    await this.acquireConnection();
    const copy = await this.#client?.copyTo(file).finally(() => this.releaseConnection());
    await copy?.whole;
  }

  async beginTransaction(): Promise<void> {
    this.#client?.executeLater('begin immediate');
    if (this.#connection !== undefined) this.#connection.isInTransaction = true;
  }

  async commitTransaction(): Promise<void> {
    await this.#client?.execute('commit');
    if (this.#connection !== undefined) this.#connection.isInTransaction = false;
  }

  async rollbackTransaction(): Promise<void> {
    if (this.#connection !== undefined) this.#connection.isInTransaction = false;
    await this.#client?.execute('rollback');
  }

  async destroy(): Promise<void> {
    await this.#client?.close();
  }
}

class SqliteWorkerConnection implements DatabaseConnection {
  readonly #client: SqliteClient;
  /** Then the writes of many rows are not waited for: if one fails, so does all that follows it, up to the rollback. */
  isInTransaction = false;

  constructor(client: SqliteClient) {
    this.#client = client;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const [first] = parameters;
    if (this.isInTransaction && first instanceof EachRow && first.isWrite) {
      this.#client.executeLater(sql, first);
      return { rows: [] };
    }
    const { rows, changes, insertId } = await (first instanceof EachRow
      ? this.#client.executeEach(sql, first)
      : this.#client.execute(sql, parameters));
    return {
      rows: rows as R[],
      ...(changes === undefined ? {} : { numAffectedRows: BigInt(changes) }),
      ...(insertId === undefined ? {} : { insertId: BigInt(insertId) }),
    };
  }

  async *streamQuery<R>(
    { sql, parameters }: CompiledQuery,
    chunkSize: number,
  ): AsyncIterableIterator<QueryResult<R>> {
    for await (const { rows } of this.#client.rows(sql, parameters, chunkSize)) yield { rows: rows as R[] };
  }
}
