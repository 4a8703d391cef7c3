/** Size of one cell, of the font and of the frame, px. */
const CELL = { width: 7.8, height: 18 };
const FONT_PX = 13;
const MARGIN_PX = 16;

const PLAIN = '#d7dde5';
/** What is coloured, the first that fits; the groups are before, coloured, after. */
const COLOURS: readonly [pattern: RegExp, colour: string][] = [
  [/^()(\$ .*)()$/, '#ffffff'],
  [/^()(FAIL)(\b.*)$/, '#ff6b6b'],
  [/^()(WARN)(\b.*)$/, '#f5c04a'],
  [/^()(ok)( .*)$/, '#63d297'],
  [/^()(\s+→.*)()$/, '#8fb8ff'],
  [/^()(SIMULATED.*)()$/, '#97a3b3'],
  [/^(.*?)(█+)(.*)$/, '#63d297'],
  [/^()([─ ]+)()$/, '#5b6675'],
];

/** The output of a terminal as an SVG, the same bytes each time. */
export function terminalPicture(title: string, output: string): string {
  const lines = output.trimEnd().split('\n');
  const columns = Math.max(...lines.map((line) => [...line].length));
  const width = Math.ceil(columns * CELL.width + 2 * MARGIN_PX);
  const height = lines.length * CELL.height + 2 * MARGIN_PX;
  const texts = lines.map((line, row) => {
    const y = MARGIN_PX + row * CELL.height + FONT_PX;
    return `<text x="${MARGIN_PX}" y="${y}">${colouredSpans(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">
<title>${escaped(title)}</title>
<rect width="${width}" height="${height}" rx="8" fill="#141a22"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="${FONT_PX}" fill="${PLAIN}" xml:space="preserve">
${texts.join('\n')}
</g>
</svg>
`;
}

/** Each piece has the width of its cells, whatever font the reader has. */
function colouredSpans(line: string): string {
  const [pattern, colour] = COLOURS.find(([candidate]) => candidate.test(line)) ?? [];
  if (pattern === undefined || colour === undefined) return span(line, PLAIN);
  const [, before = '', coloured = '', after = ''] = pattern.exec(line) ?? [];
  return span(before, PLAIN) + span(coloured, colour) + span(after, PLAIN);
}

function span(text: string, colour: string): string {
  if (text === '') return '';
  const length = ([...text].length * CELL.width).toFixed(1);
  return `<tspan fill="${colour}" textLength="${length}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</tspan>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
