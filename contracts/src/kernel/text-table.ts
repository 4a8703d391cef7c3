/**
 * A table for the terminal: columns line up, numbers to the right, two spaces between.
 *
 * @param header titles of the columns
 * @param rows one value per column; a missing one is shown as –
 */
export function textTable(
  header: readonly string[],
  rows: readonly (readonly (string | number | null | undefined)[])[],
): string {
  const shown = rows.map((row) => header.map((_, c) => (row[c] ?? '–').toString()));
  const widths = header.map((title, c) => Math.max(title.length, ...shown.map((row) => row[c]?.length ?? 0)));
  const isNumeric = header.map(
    (_, c) => rows.length > 0 && rows.every((row) => typeof (row[c] ?? 0) === 'number'),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, c) => (isNumeric[c] ? cell.padStart(widths[c] ?? 0) : cell.padEnd(widths[c] ?? 0)))
      .join('  ')
      .trimEnd();
  return [line(header), line(widths.map((w) => '─'.repeat(w))), ...shown.map(line)].join('\n');
}
