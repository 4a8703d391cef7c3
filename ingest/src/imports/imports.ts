import { randomUUID } from 'node:crypto';
import { ERROR_CODES, type ImportReport, isJostleError, JostleError } from '@jostle/contracts';
import type { Kysely } from 'kysely';
import type { Logger } from 'pino';
import type { Database } from '../store/database.ts';
import { ImportRecord } from './import-record.ts';
import { type ImportFile, runImport } from './import-run.ts';

/** Reports that are kept, the newest ones. */
const REPORTS_MAX = 100;

/** Runs imports one after the other: each holds its file in memory and takes the store for a while. */
export class Imports {
  readonly #db: Kysely<Database>;
  readonly #log: Logger;
  // Keyed by id, oldest first.
  readonly #records = new Map<string, ImportRecord>();
  readonly #stopping = new AbortController();
  #last: Promise<void> = Promise.resolve();

  constructor(db: Kysely<Database>, log: Logger) {
    this.#db = db;
    this.#log = log;
  }

  /** Queues a file; the report says how far it is. */
  start(file: ImportFile): ImportReport {
    const id = randomUUID();
    const record = new ImportRecord(id, file.kind, file.isPartial, file.bytes.length);
    this.#records.set(id, record);
    const [oldest] = this.#records.keys();
    if (this.#records.size > REPORTS_MAX && oldest !== undefined) this.#records.delete(oldest);
    this.#last = this.#last.then(() => this.#run(file, record));
    return record.report();
  }

  /** @throws JostleError IMPORT_UNKNOWN */
  report(id: string): ImportReport {
    const record = this.#records.get(id);
    if (record === undefined)
      throw new JostleError(
        'IMPORT_UNKNOWN',
        `There is no import "${id}"; reports are kept until the service restarts`,
      );
    return record.report();
  }

  /** Ends what is running, with nothing of it written. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#last;
  }

  async #run(file: ImportFile, record: ImportRecord): Promise<void> {
    try {
      this.#stopping.signal.throwIfAborted();
      await runImport(this.#db, file, record, this.#stopping.signal);
      const { problems, exclusions, ...counts } = record.report();
      this.#log.info(counts, 'an import ended');
    } catch (error) {
      record.abandon();
      if (isJostleError(error)) record.refuse(error.problems[0]?.line ?? 1, error.code, error.message);
      else if (!this.#stopping.signal.aborted) {
        this.#log.error({ err: error }, 'an import failed');
        record.refuse(1, 'INTERNAL', ERROR_CODES.INTERNAL.meaning);
      }
    }
  }
}
