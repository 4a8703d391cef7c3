import type { FindingVerdict } from '@jostle/contracts';
import { el } from './dom.ts';

/** Each verdict has its own sign and words: colour only repeats them. */
const VERDICTS: Readonly<Record<FindingVerdict, { sign: string; words: string }>> = {
  'transit-event': { sign: '▲', words: 'Transit event' },
  'no-transit-event': { sign: '●', words: 'No transit event' },
  undetermined: { sign: '◆', words: 'Undetermined' },
  'not-observed': { sign: '○', words: 'Not observed' },
};

export function verdictBadge(verdict: FindingVerdict): HTMLElement {
  const { sign, words } = VERDICTS[verdict];
  return el('span', { class: `badge ${verdict}` }, el('span', { 'aria-hidden': 'true' }, sign), ` ${words}`);
}
