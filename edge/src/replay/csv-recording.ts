import { JostleError, STANDARD_GRAVITY_MPS2 } from '@jostle/contracts';
import { CsvError, parse } from 'csv-parse/sync';
import { type ColumnLayout, columnLayout } from './column-layout.ts';
import type { ColumnChoice, Recording } from './recording.ts';

/** Fewer rows than this are no recording. */
const FEWEST_SAMPLES = 10;

interface Row {
  record: string[];
  info: { lines: number };
}

/**
 * Reads a recording from delimited text: comma, semicolon or tab, with or without a header line.
 *
 * @throws JostleError EDGE_REPLAY_UNREADABLE naming the line and the fix
 */
export function parseRecording(text: string, choice: ColumnChoice | null): Recording {
  const rows = csvRows(text);
  const layout = columnLayout(rows[0]?.record ?? [], choice);
  const samples = rows.slice(layout.headerRows);
  if (samples.length < FEWEST_SAMPLES)
    throw unreadable(`it has ${samples.length} rows of values; a recording has at least ${FEWEST_SAMPLES}`);
  const timesS = new Float64Array(samples.length);
  const xyz = new Float32Array(samples.length * 3);
  const scale = layout.unit === 'g' ? 1 : 1 / STANDARD_GRAVITY_MPS2;
  for (const [i, row] of samples.entries()) {
    const [time = 0, x = 0, y = 0, z = 0] = rowValues(row, layout);
    if (i > 0 && time <= (timesS[i - 1] as number))
      throw unreadable(
        `line ${row.info.lines}: the time ${time} s is not later than the row before; ` +
          'sort the rows by time, or name the time column with --columns',
      );
    timesS[i] = time;
    xyz.set([x * scale, y * scale, z * scale], i * 3);
  }
  return { format: layout.format, timesS, xyz };
}

function csvRows(text: string): Row[] {
  const firstLine = text.slice(0, (text.indexOf('\n') + 1 || text.length + 1) - 1);
  const delimiter = ['\t', ';', ','].find((candidate) => firstLine.includes(candidate)) ?? ',';
  try {
    return parse(text, {
      delimiter,
      bom: true,
      info: true,
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
    }) as unknown as Row[];
  } catch (error) {
    if (!(error instanceof CsvError)) throw error;
    throw unreadable(`${error.message}; save it as comma-separated UTF-8`, error);
  }
}

function rowValues({ record, info }: Row, layout: ColumnLayout): number[] {
  return layout.indexes.map((index, k) => {
    const cell = record[index] ?? '';
    const value = cell === '' ? Number.NaN : Number(cell);
    if (Number.isFinite(value)) return value;
    throw unreadable(
      `line ${info.lines}: column ${JSON.stringify(layout.names[k])} holds ${JSON.stringify(cell)}, ` +
        'which is not a number; correct or remove the line, or name other columns with --columns',
    );
  });
}

function unreadable(message: string, cause?: unknown): JostleError {
  return new JostleError('EDGE_REPLAY_UNREADABLE', message, cause === undefined ? {} : { cause });
}
