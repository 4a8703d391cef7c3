import type { ImportKind, RowProblem } from '@jostle/contracts';
import { Compile, type TSchema } from '@jostle/contracts/typebox';
import {
  type ColumnMapping,
  type Condition,
  type FieldSource,
  type Section,
  sectionsOf,
} from './column-mapping.ts';
import type { CsvRow } from './csv-rows.ts';
import { readDate } from './date-format.ts';
import { IMPORT_FIELDS, type ImportField } from './import-fields.ts';

/** What a row says, or why it says nothing. */
export type RowOutcome =
  | { kind: 'read'; section: ImportKind; values: Readonly<Record<string, string | number>> }
  | { kind: 'excluded'; because: string }
  | {
      kind: 'refused';
      section: ImportKind;
      values: Readonly<Record<string, string | number>>;
      problems: RowProblem[];
    };

/** Reads one row; rows have to come in the order of the file. */
export type RowReader = (row: CsvRow) => RowOutcome;

/** @param mapping names only columns of `header` */
export function rowReader(mapping: ColumnMapping, header: readonly string[]): RowReader {
  const position = new Map(header.map((column, i) => [column, i]));
  const sections = sectionsOf(mapping).map(([kind, section]) => ({
    kind,
    section,
    fields: Object.entries(section.fields).map(([name, source]) => fieldReader(kind, name, source)),
  }));
  return ({ line, cells }) => {
    const cell = (column: string) => (cells[position.get(column) ?? -1] ?? '').trim();
    const taken = sections.find(({ section }) => (section.where ?? []).every((where) => holds(where, cell)));
    if (taken === undefined)
      return { kind: 'excluded', because: 'No section of the mapping takes such a row' };
    const values: Record<string, string | number> = {};
    const problems: RowProblem[] = [];
    if (cells.length !== header.length)
      problems.push({
        line,
        column: null,
        code: 'IMPORT_FILE_UNREADABLE',
        message: `The row has ${cells.length} cells, the header line ${header.length}`,
      });
    // Every row counts, whatever becomes of it: the numbers of the others then stay when this one is put right.
    for (const field of taken.fields) field.count(cell);
    const because = exclusion(taken.section, cell);
    if (because !== undefined && problems.length === 0) return { kind: 'excluded', because };
    for (const field of problems.length > 0 ? [] : taken.fields) {
      const value = field.read(cell);
      if (typeof value === 'object') problems.push({ line, ...value });
      else if (value !== undefined) values[field.name] = value;
    }
    const read = { section: taken.kind, values };
    return problems.length > 0 ? { kind: 'refused', ...read, problems } : { kind: 'read', ...read };
  };
}

type Cell = (column: string) => string;
type CellProblem = Omit<RowProblem, 'line'>;

function holds({ column, startsWith, isOneOf }: Condition, cell: Cell): boolean {
  const text = cell(column);
  return (startsWith === undefined || text.startsWith(startsWith)) && (isOneOf?.includes(text) ?? true);
}

function exclusion({ exclude = [] }: Section, cell: Cell): string | undefined {
  return exclude.find((rule) => holds(rule, cell))?.because;
}

function fieldReader(kind: ImportKind, name: string, source: FieldSource) {
  const field = IMPORT_FIELDS[kind][name] as ImportField;
  const parse = valueParser(field.schema, source);
  const column = 'column' in source ? source.column : null;
  // Keyed by the text of the cell: how many rows had it so far.
  const seen = new Map<string, number>();
  const isNumbered = 'column' in source && source.numbered === true;
  return {
    name,
    count(cell: Cell): void {
      if (isNumbered && column !== null) seen.set(cell(column), (seen.get(cell(column)) ?? 0) + 1);
    },
    read(cell: Cell): string | number | undefined | CellProblem {
      const text = 'constant' in source ? source.constant : cell(source.column);
      if (text === '')
        return field.isRequired
          ? { column, code: 'IMPORT_VALUE_INVALID', message: `The cell is empty: ${field.about}` }
          : undefined;
      return (
        parse(isNumbered ? `${text}-${seen.get(text)}` : text) ?? {
          column,
          code: 'IMPORT_VALUE_INVALID',
          message: `"${text.slice(0, 80)}" does not fit: ${field.about}${formatHint(field.schema, source)}`,
        }
      );
    },
  };
}

function formatHint(schema: TSchema, source: FieldSource): string {
  const { description } = schema as { description?: string };
  if ('column' in source && source.format !== undefined) return ` (written ${source.format})`;
  return description === undefined ? '' : ` (${description})`;
}

/** From the text of a cell to a value of the schema, or undefined where it is none. */
function valueParser(schema: TSchema, source: FieldSource): (text: string) => string | number | undefined {
  const validator = Compile(schema);
  const isNumber = ['integer', 'number'].includes((schema as { type?: string }).type ?? '');
  // The schema lets leap seconds through, which no clock of ours can say.
  const isInstant = (schema as { format?: string }).format === 'date-time';
  const { format, timeZone, withoutSuffix } = 'column' in source ? source : {};
  return (text) => {
    let value: string | number | undefined =
      withoutSuffix !== undefined && text.endsWith(withoutSuffix)
        ? text.slice(0, -withoutSuffix.length)
        : text;
    if (format !== undefined) value = readDate(value, format, timeZone ?? 'UTC');
    else if (isNumber) value = Number(value);
    return validator.Check(value) && (!isInstant || Number.isFinite(Date.parse(String(value))))
      ? (value as string | number)
      : undefined;
  };
}
