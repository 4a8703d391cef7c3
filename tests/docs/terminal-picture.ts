/** Size of one cell, of the font and of the frame, px. */
const CELL = { width: 7.8, height: 18 };
const FONT_PX = 13;
const MARGIN_PX = 16;

const PLAIN = '#d7dde5';
/** What is coloured, the first that fits; the groups are what stands before it, and itself. */
const COLOURS: readonly [pattern: RegExp, colour: string][] = [
  [/^()(\$ .*)/, '#ffffff'],
  [/^()(FAIL)\b/, '#ff6b6b'],
  [/^()(WARN)\b/, '#f5c04a'],
  [/^()(ok) /, '#63d297'],
  [/^()(\s+→.*)/, '#8fb8ff'],
  [/^()(SIMULATED.*)/, '#97a3b3'],
  [/^(.*?)(█+)/, '#63d297'],
  [/^()([─ ]+)$/, '#5b6675'],
];

/** The output of a terminal as an SVG, the same bytes each time. */
export function terminalPicture(title: string, output: string): string {
  const lines = output.trimEnd().split('\n');
  const columns = Math.max(...lines.map((line) => [...line].length));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN_PX);
  const height = lines.length * CELL.height + 2 * MARGIN_PX;
  const texts = lines.map((line, row) => words(line, MARGIN_PX + row * CELL.height + FONT_PX));
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#141a22"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_PX}">
${texts.filter((text) => text !== '').join('\n')}
</g>
</svg>
`;
}

/** Each word stands in its cells, whatever font the reader has and whatever becomes of spaces. */
function words(line: string, y: number): string {
  const colours = coloursOf(line);
  let column = 0;
  return line
    .split(/( +|█+)/)
    .map((word) => {
      const at = column;
      const cells = [...word].length;
      column += cells;
      if (word.trim() === '') return '';
      const x = (MARGIN_PX + at * CELL.width).toFixed(1);
      const width = (cells * CELL.width).toFixed(1);
      return `<text x="${x}" y="${y}" fill="${colours[at] ?? PLAIN}" textLength="${width}" lengthAdjust="spacingAndGlyphs">${escaped(word)}</text>`;
    })
    .join('');
}

/** The colour of each cell. */
function coloursOf(line: string): string[] {
  const [pattern, colour] = COLOURS.find(([candidate]) => candidate.test(line)) ?? [];
  const [, before = '', coloured = ''] = pattern?.exec(line) ?? [];
  const from = [...before].length;
  const to = from + [...coloured].length;
  return [...line].map((_, cell) => (colour !== undefined && cell >= from && cell < to ? colour : PLAIN));
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
