import { closeSync, fdatasyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs';

/** Consecutive numbers that were given to an outbox in one call, both ends included, and the boot they were given. */
export interface NumberedSpan {
  from: number;
  to: number;
  bootId: string;
}

/** What a generator of records knows of them, whatever happened to its process: each line is on disk before it goes on. */
export class RecordLog {
  readonly #file: number;
  /** The last span that was offered, until it is confirmed. */
  #offered: NumberedSpan | undefined;
  #next: number;

  constructor(path: string) {
    this.#file = openSync(path, 'a+');
    const { offered, whole } = readRecordLog(path);
    // A process that is killed in the middle of a line leaves a part of it.
    ftruncateSync(this.#file, whole);
    this.#offered = offered;
    this.#next = this.#lastNumber(path) + 1;
  }

  /** The first number that was never offered. */
  get next(): number {
    return this.#next;
  }

  /** The last span that was offered, where nothing says what became of it. */
  get open(): NumberedSpan | undefined {
    return this.#offered;
  }

  /** To be called before the records are given away. */
  offer(span: NumberedSpan): void {
    this.#write('offered', span);
    this.#offered = span;
    this.#next = span.to + 1;
  }

  /** To be called when the outbox has taken what was offered last. */
  confirm(): void {
    if (this.#offered !== undefined) this.#write('confirmed', this.#offered);
    this.#offered = undefined;
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(word: string, { from, to, bootId }: NumberedSpan): void {
    writeSync(this.#file, `${word} ${from} ${to} ${bootId}\n`);
    fdatasyncSync(this.#file);
  }

  #lastNumber(path: string): number {
    return linesOf(readFileSync(path, 'utf8')).at(-1)?.to ?? -1;
  }
}

export interface RecordLogContent {
  confirmed: NumberedSpan[];
  /** The last that was offered and not confirmed. */
  offered: NumberedSpan | undefined;
  /** Bytes of the whole lines. */
  whole: number;
}

export function readRecordLog(path: string): RecordLogContent {
  const text = readFileSync(path, 'utf8');
  const lines = linesOf(text);
  const last = lines.at(-1);
  return {
    confirmed: lines.filter(({ word }) => word === 'confirmed'),
    offered: last?.word === 'offered' ? last : undefined,
    whole: text.lastIndexOf('\n') + 1,
  };
}

function linesOf(text: string): (NumberedSpan & { word: string })[] {
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const [word = '', from, to, bootId = ''] = line.split(' ');
      return { word, from: Number(from), to: Number(to), bootId };
    });
}
