import { hash } from 'node:crypto';

/** Where the chain of an outbox stands: behind the record that was stored last, which may have left since. */
export interface ChainHead {
  epoch: string;
  /** The highest seq that was given. */
  seq: number;
  /** `chainAfter` of the record that was stored last. */
  chain: string;
}

/** Characters of a check sum; it has to find flipped bits, not forgery. */
const CHECK_CHARS = 16;

/** The head as the file keeps it, with a check sum: the page check of SQLite does not see a flipped bit. */
export function headText(epoch: string, seq: number, chain: string): string {
  const text = `${epoch} ${seq} ${chain}`;
  return `${text} ${checkOf(text)}`;
}

/** The head in a text; undefined where that is not what was written. */
export function headIn(text: unknown): ChainHead | undefined {
  if (typeof text !== 'string') return undefined;
  const [epoch = '', seq = '', chain = '', check] = text.split(' ');
  return check === checkOf(`${epoch} ${seq} ${chain}`) ? { epoch, seq: Number(seq), chain } : undefined;
}

function checkOf(text: string): string {
  return hash('sha256', text).slice(0, CHECK_CHARS);
}
