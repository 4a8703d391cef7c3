import { createHash } from 'node:crypto';
import type { TableEnd } from './backup-format.ts';

/** Counts the lines of one table as they pass. */
export class TableTally {
  readonly #table: string;
  readonly #hash = createHash('sha256');
  #rows = 0;
  #bytes = 0;

  constructor(table: string) {
    this.#table = table;
  }

  /** @returns the lines as one text, each with its end */
  add(lines: readonly string[]): string {
    const text = lines.length === 0 ? '' : `${lines.join('\n')}\n`;
    this.#hash.update(text);
    this.#rows += lines.length;
    this.#bytes += Buffer.byteLength(text);
    return text;
  }

  /** To be called once, after the last line. */
  end(): TableEnd {
    return {
      table: this.#table,
      rows: this.#rows,
      bytes: this.#bytes,
      sha256: this.#hash.digest('hex'),
    };
  }
}
