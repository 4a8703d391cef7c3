import { type ImportReport, textTable } from '@jostle/contracts';

/** The report of an import for the terminal: the sum of it first, then what was left out and refused. */
export function importText(file: string, report: ImportReport): string {
  const { state, rows, importedRows, excludedRows, refusedRows, problems, exclusions } = report;
  const parts = [`${importedRows} imported`, `${excludedRows} left out`, `${refusedRows} refused`];
  const sections = [`${file}: ${rows} rows, of which ${parts.join(', ')}`];
  if (state === 'refused')
    sections.push(
      problems.some(({ code }) => code === 'IMPORT_MAPPING_INVALID')
        ? 'Nothing was written. Name the columns of this file in a mapping, and give it with --map FILE.'
        : 'Nothing was written. Correct the rows, or write the good ones with --partial.',
    );
  else sections.push(createdText(report));
  if (exclusions.length > 0)
    sections.push(
      `\nLeft out, as the mapping says:\n${textTable(
        ['rows', 'because', 'lines'],
        exclusions.map((e) => [e.rows, e.because, linesText(e.lines, e.rows)]),
      )}`,
    );
  if (problems.length > 0)
    sections.push(
      `\nRefused:\n${textTable(
        ['line', 'column', 'code', 'message'],
        problems.map(({ line, column, code, message }) => [line, column ?? '–', code, message]),
      )}`,
    );
  return `${sections.join('\n')}\n`;
}

function createdText({ created, unchanged }: ImportReport): string {
  const counts = Object.entries(created).map(([table, count]) => `${count} ${table}`);
  return `New: ${counts.join(', ')}. Already there: ${unchanged}.`;
}

const LINES_SHOWN = 5;

function linesText(lines: readonly number[], rows: number): string {
  const shown = lines.slice(0, LINES_SHOWN).join(', ');
  return rows > LINES_SHOWN ? `${shown}, …` : shown;
}
