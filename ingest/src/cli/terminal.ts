import { createInterface } from 'node:readline/promises';

/** Where the commands write. */
export interface Terminal {
  /** Results: can be piped. */
  out(text: string): void;
  /** Everything else. */
  err(text: string): void;
  /** Whether a person looks at `err`, so that a line may be overwritten. */
  isInteractive: boolean;
  /** Columns for running text. */
  width: number;
  /** Asks for a line; absent where nobody can answer. */
  ask?(question: string): Promise<string>;
}

export function systemTerminal(): Terminal {
  return {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    isInteractive: process.stderr.isTTY === true,
    width: Math.min(process.stdout.columns ?? 80, 100),
    ...(process.stdin.isTTY && process.stderr.isTTY ? { ask: askPerson } : {}),
  };
}

async function askPerson(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  return lines.question(question).finally(() => lines.close());
}

/** Breaks running text between words, at most `width` characters a line where no single word is longer. */
export function wrap(text: string, width: number): string {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = '';
    }
    line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line].join('\n');
}
