import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { JostleError } from '@jostle/contracts';
import { CsvError, parse } from 'csv-parse';

/** One row with the line on which it begins; the header is line 1. */
export interface CsvRow {
  line: number;
  cells: readonly string[];
}

/** Small enough that parsing one slice keeps nothing else waiting. */
const SLICE_BYTES = 64 * 1024;

/**
 * The rows of a CSV file, the header line first. Other work of the process goes on between two slices.
 *
 * @param onRead called with the number of bytes read so far
 * @throws JostleError IMPORT_FILE_UNREADABLE where it is not UTF-8, not CSV (with the line in `problems`), or has no header line
 */
export async function* csvRows(
  bytes: Buffer,
  delimiter: string,
  onRead: (bytesRead: number) => void,
): AsyncGenerator<CsvRow> {
  const parser = parse({ delimiter, info: true, relax_column_count: true, skip_empty_lines: true });
  const source = Readable.from(slices(bytes, onRead));
  source.on('error', (error) => parser.destroy(error));
  let isEmpty = true;
  try {
    for await (const { record, info } of source.pipe(parser) as AsyncIterable<ParsedRecord>) {
      isEmpty = false;
      yield { line: info.lines - lineBreaksIn(record), cells: record };
    }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw notCsv(error.message, lineOf(error), error);
  }
  if (isEmpty) throw new JostleError('IMPORT_FILE_UNREADABLE', 'The file is empty; it needs a header line');
}

/** The error of a file whose quoting is broken, with the line on which that shows. */
export function notCsv(reason: string, line: number, cause?: unknown): JostleError {
  const code = 'IMPORT_FILE_UNREADABLE';
  const message = `The file is not CSV: ${reason}`;
  return new JostleError(code, message, { cause, problems: [{ code, message, line }] });
}

function lineOf(error: CsvError): number {
  const line = error['lines'];
  return typeof line === 'number' ? line : 1;
}

interface ParsedRecord {
  record: string[];
  info: { lines: number };
}

async function* slices(bytes: Buffer, onRead: (bytesRead: number) => void): AsyncGenerator<string> {
  // It also takes the byte order mark away that spreadsheets put in front.
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let from = 0; from < bytes.length; from += SLICE_BYTES) {
    const to = Math.min(bytes.length, from + SLICE_BYTES);
    let text: string;
    try {
      text = decoder.decode(bytes.subarray(from, to), { stream: to < bytes.length });
    } catch (cause) {
      const place = `between bytes ${from} and ${to}`;
      throw new JostleError('IMPORT_FILE_UNREADABLE', `The file is not UTF-8 ${place}; save it as UTF-8`, {
        cause,
      });
    }
    yield text;
    onRead(to);
    await setImmediate();
  }
}

function lineBreaksIn(cells: readonly string[]): number {
  let count = 0;
  for (const cell of cells) if (cell.includes('\n')) count += cell.split('\n').length - 1;
  return count;
}
