import { textTable } from '@jostle/contracts';
import { type Answer, isBusStuck, type ScannedAddress } from './bus-scan.ts';
import { isKind } from './chip-catalogue.ts';

/** A chip that the configuration asks for. */
export interface ExpectedChip {
  chip: string;
  address: number;
}

const MARKS: Record<Exclude<Answer['kind'], 'chip'>, string> = {
  stranger: '????',
  silent: '--',
  held: 'HELD',
  unasked: '',
};

/** The grid with a mark per address, and a table of what answers and of what should. */
export function scanText(scanned: readonly ScannedAddress[], expected: readonly ExpectedChip[]): string {
  const parts = [
    grid(scanned),
    '-- no answer · ???? an unknown chip · HELD the bus or a kernel driver has it · blank: not asked',
  ];
  if (isBusStuck(scanned))
    parts.push('No address can be asked: check SDA and SCL for a short, the pull-ups and the supply.');
  else parts.push(chipTable(scanned, expected));
  return `${parts.join('\n\n')}\n`;
}

/** What the configuration says of an address, compared with what was found there. */
export function verdictOf(answer: Answer, expected: ExpectedChip | undefined): string {
  if (expected === undefined) return 'not configured';
  if (answer.kind === 'chip')
    return isKind(answer.chip, expected.chip) ? 'as configured' : `${expected.chip} is configured here`;
  return answer.kind === 'stranger'
    ? `${expected.chip} is configured, another chip answers`
    : `${expected.chip} is configured, nobody answers`;
}

function grid(scanned: readonly ScannedAddress[]): string {
  // Key: address.
  const marks = new Map(scanned.map(({ address, answer }) => [address, markOf(answer)]));
  const columns = Array.from({ length: 16 }, (_, low) => low);
  const header = columns.map((low) => low.toString(16).padStart(4)).join(' ');
  const lines = Array.from({ length: 8 }, (_, high) => {
    const cells = columns.map((low) => (marks.get(high * 16 + low) ?? '').padStart(4));
    return `${high}0: ${cells.join(' ')}`.trimEnd();
  });
  return [`    ${header}`, ...lines].join('\n');
}

function markOf(answer: Answer): string {
  return answer.kind === 'chip' ? answer.chip.mark : MARKS[answer.kind];
}

function chipTable(scanned: readonly ScannedAddress[], expected: readonly ExpectedChip[]): string {
  const rows = scanned.flatMap(({ address, answer }) => {
    const wanted = expected.find((e) => e.address === address);
    const isFound = answer.kind === 'chip' || answer.kind === 'stranger' || answer.kind === 'held';
    if (!isFound && wanted === undefined) return [];
    return [[`0x${address.toString(16).padStart(2, '0')}`, nameOf(answer), verdictOf(answer, wanted)]];
  });
  return rows.length === 0 ? 'Nobody answers.' : textTable(['address', 'chip', 'configuration'], rows);
}

function nameOf(answer: Answer): string {
  if (answer.kind === 'chip') return answer.chip.name;
  return { stranger: 'unknown', silent: 'no answer', held: 'held', unasked: 'not asked' }[answer.kind];
}
