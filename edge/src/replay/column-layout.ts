import { JostleError } from '@jostle/contracts';
import type { ColumnChoice, Unit } from './recording.ts';

/** Columns of one file. */
export interface ColumnLayout {
  format: string;
  /** Indexes of time, x, y, z in a row, from 0. */
  indexes: readonly number[];
  names: readonly string[];
  unit: Unit;
  /** 1 where the first row is a header, else 0. */
  headerRows: 0 | 1;
}

/** Formats that are recognised by their header. */
const KNOWN_FORMATS: readonly (ColumnChoice & { format: string })[] = [
  {
    format: 'phyphox',
    columns: ['Time (s)', 'Acceleration x (m/s^2)', 'Acceleration y (m/s^2)', 'Acceleration z (m/s^2)'],
    unit: 'mps2',
  },
  { format: 'enDAQ', columns: ['time_s', 'x_g', 'y_g', 'z_g'], unit: 'g' },
];

/**
 * Finds the columns by the header, or as they were chosen.
 *
 * @param firstRow cells of the first row of the file
 * @throws JostleError EDGE_REPLAY_UNREADABLE naming what is missing
 */
export function columnLayout(firstRow: readonly string[], choice: ColumnChoice | null): ColumnLayout {
  const cells = firstRow.map((cell) => cell.trim());
  if (choice !== null) return chosenLayout(cells, choice);
  const known = KNOWN_FORMATS.find(({ columns }) => columns.every((name) => cells.includes(name)));
  if (known !== undefined) {
    return {
      format: known.format,
      indexes: known.columns.map((name) => cells.indexOf(name)),
      names: known.columns,
      unit: known.unit,
      headerRows: 1,
    };
  }
  throw new JostleError(
    'EDGE_REPLAY_UNREADABLE',
    `line 1: the columns ${cells.map((cell) => JSON.stringify(cell)).join(', ')} are those of no known format; ` +
      'name time (in seconds) and axes with --columns t,x,y,z and the unit with --unit g or --unit mps2 ' +
      '(numbers from 1 where there is no header line)',
  );
}

function chosenLayout(cells: readonly string[], choice: ColumnChoice): ColumnLayout {
  const isHeader = cells.some((cell) => cell !== '' && !Number.isFinite(Number(cell)));
  const indexes = choice.columns.map((column) => {
    const byName = cells.indexOf(column);
    const index = byName >= 0 && isHeader ? byName : Number(column) - 1;
    if (Number.isInteger(index) && index >= 0 && index < cells.length) return index;
    throw new JostleError(
      'EDGE_REPLAY_UNREADABLE',
      `line 1: there is no column ${JSON.stringify(column)} among ${cells.join(', ')}; ` +
        `correct --columns (names of the header, or numbers from 1 to ${cells.length})`,
    );
  });
  return {
    format: 'columns as chosen',
    indexes,
    names: choice.columns,
    unit: choice.unit,
    headerRows: isHeader ? 1 : 0,
  };
}
