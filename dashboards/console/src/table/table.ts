import { type Child, el } from '../ui/dom.ts';

/** A column of a table: its title, and what stands in it for a row. */
export interface Column<T> {
  title: string;
  cell(row: T): Child;
  isNumber?: boolean;
  isNowrap?: boolean;
}

/** A table that becomes a list of cards on a narrow screen: each cell carries its title. */
export function table<T>(caption: string, columns: readonly Column<T>[], rows: readonly T[]): HTMLElement {
  const head = columns.map(({ title, isNumber }) =>
    el('th', { scope: 'col', class: isNumber === true ? 'number' : undefined }, title),
  );
  const body = rows.map((row) =>
    el(
      'tr',
      { role: 'row' },
      ...columns.map((column) =>
        el(
          'td',
          {
            role: 'cell',
            'data-title': column.title,
            class: classOf(column),
          },
          column.cell(row),
        ),
      ),
    ),
  );
  return el(
    'table',
    { role: 'table' },
    el('caption', {}, caption),
    el('thead', {}, el('tr', {}, ...head)),
    el('tbody', {}, ...body),
  );
}

function classOf<T>({ isNumber, isNowrap }: Column<T>): string | undefined {
  if (isNumber === true) return 'number';
  return isNowrap === true ? 'nowrap' : undefined;
}

/** The twin of a chart for those who cannot see it or want the numbers; closed at first. */
export function tableTwin(id: string, title: string, content: Node): HTMLElement {
  return el('details', { id, class: 'twin' }, el('summary', {}, title), content);
}
