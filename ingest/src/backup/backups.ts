import { Readable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { type Clock, JostleError, type RestoreReport } from '@jostle/contracts';
import type { Logger } from 'pino';
import type { Store } from '../store/store.ts';
import { readBackup } from './backup-reader.ts';
import { backupText } from './backup-writer.ts';
import { checkVersion, replaceAll } from './restore-run.ts';

/** How long is waited for the other side to send or take the next bytes: a restore holds up everything meanwhile. */
const STALL_MS = 30_000;

export interface BackupsOptions {
  store: Store;
  clock: Clock;
  log: Logger;
  /** Stops whatever writes to the store by itself. @returns what starts it again, on the store as it is then */
  holdWriters(): Promise<() => Promise<void>>;
  /** Tests give a shorter one. */
  stallMs?: number;
}

/** Backups out of and into the running service, one at a time. */
export class Backups {
  readonly #options: BackupsOptions;
  // Resolves at the end of what is running; undefined between.
  #running: Promise<void> | undefined;
  // The backup that goes out or comes in.
  #stream: Readable | undefined;

  constructor(options: BackupsOptions) {
    this.#options = options;
  }

  /**
   * Everything in the store at this moment, as it travels. Where it fails in between the stream ends with an error, and
   * what was read of it is recognised as incomplete.
   *
   * @throws JostleError BACKUP_BUSY
   */
  async backup(): Promise<Readable> {
    const end = this.#begin();
    const { store, clock, log, stallMs = STALL_MS } = this.#options;
    try {
      const text = backupText(await store.snapshot(), store.engine, new Date(clock.wallMs()).toISOString());
      // From its first piece on it closes the snapshot itself.
      const first = await text.next();
      const close = () => text.return().finally(end);
      this.#stream = readableOf(first, text, stallMs, close);
      this.#stream.once('error', (error) => log.warn({ err: error }, 'a backup was broken off'));
      return this.#stream;
    } catch (error) {
      end();
      throw error;
    }
  }

  /**
   * Replaces everything by a backup. Nothing is stored meanwhile: devices keep what they have, and send it afterwards.
   *
   * @throws JostleError BACKUP_BUSY, BACKUP_INCOMPLETE, BACKUP_DAMAGED, BACKUP_VERSION_DIFFERS, BACKUP_STORE_NOT_EMPTY,
   * BACKUP_STALLED, BACKUP_REFUSED, BACKUP_WORKERS_RUNNING; then nothing has changed
   */
  async restore(bytes: Readable, isReplacing: boolean): Promise<RestoreReport> {
    const end = this.#begin();
    this.#stream = bytes;
    const { store, log, holdWriters, stallMs = STALL_MS } = this.#options;
    try {
      const parts = readBackup(unlessStalled(bytes, stallMs));
      const first = await parts.next();
      if (first.done || first.value.kind !== 'head')
        throw new JostleError('BACKUP_DAMAGED', 'The backup does not begin with its head');
      const { head } = first.value;
      await checkVersion(store, head);
      const letGo = await holdWriters();
      try {
        const report = await replaceAll(store, head, parts, isReplacing);
        const rows = report.tables.reduce((sum, { after }) => sum + after, 0);
        log.info({ operator: true, rows, createdAt: head.createdAt }, 'a backup was restored');
        return report;
      } finally {
        // Whatever it is, it says nothing of the restore.
        await letGo().catch((error: unknown) =>
          log.error({ err: error }, 'what was held did not go on cleanly'),
        );
      }
    } finally {
      end();
    }
  }

  /** Breaks off what is running. */
  async stop(): Promise<void> {
    this.#stream?.destroy();
    await this.#running;
  }

  #begin(): () => void {
    if (this.#running !== undefined)
      throw new JostleError('BACKUP_BUSY', 'Another backup or restore is running');
    let resolve = () => {};
    this.#running = new Promise((done) => {
      resolve = done;
    });
    return () => {
      this.#running = undefined;
      resolve();
    };
  }
}

/** A stream of a generator that has begun; `close` is called once, also where nobody reads to the end. */
function readableOf(
  first: IteratorResult<string, void>,
  rest: AsyncGenerator<string, void>,
  stallMs: number,
  close: () => Promise<unknown>,
): Readable {
  let begun: IteratorResult<string, void> | undefined = first;
  let stall: NodeJS.Timeout | undefined;
  return new Readable({
    async read() {
      clearTimeout(stall);
      try {
        const { done, value } = begun ?? (await rest.next());
        begun = undefined;
        if (this.destroyed) return;
        const stalled = () => this.destroy(new JostleError('BACKUP_STALLED', 'Nobody takes the backup'));
        stall = setTimeout(stalled, stallMs);
        this.push(done ? null : Buffer.from(value));
      } catch (error) {
        this.destroy(error as Error);
      }
    },
    destroy(error, callback) {
      clearTimeout(stall);
      close().then(
        () => callback(error),
        (closing: Error) => callback(error ?? closing),
      );
    },
  });
}

/**
 * The same bytes.
 *
 * @throws JostleError BACKUP_STALLED where the next ones take too long, BACKUP_INCOMPLETE where they break off
 */
async function* unlessStalled(bytes: Readable, ms: number): AsyncGenerator<Uint8Array, void> {
  const iterator: AsyncIterator<Uint8Array> = bytes[Symbol.asyncIterator]();
  for (;;) {
    const arrived = new AbortController();
    const stall = delay(ms, undefined, { signal: arrived.signal }).catch(() => undefined);
    const step = await Promise.race([iterator.next(), stall])
      .catch((error: unknown) => {
        throw new JostleError('BACKUP_INCOMPLETE', 'The backup broke off on its way', { cause: error });
      })
      .finally(() => arrived.abort());
    if (step === undefined) throw new JostleError('BACKUP_STALLED', `Nothing arrived for ${ms / 1000} s`);
    if (step.done) return;
    yield step.value;
  }
}
