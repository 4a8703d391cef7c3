import { expect, it } from 'vitest';
import { type VerdictGrounds, verdictOf } from './verdict.ts';

const quiet: VerdictGrounds = {
  topShare: 0,
  topEventProbability: 0,
  totalHazard: 0,
  hasClippedEvent: false,
  hasSevereIncompatibleEvent: false,
  observedPart: 1,
};
const drop: Partial<VerdictGrounds> = { topShare: 0.98, topEventProbability: 0.9, totalHazard: 2.3 };

it.each<{ name: string; grounds: Partial<VerdictGrounds>; verdict: string }>([
  { name: 'a severe event on one leg', grounds: drop, verdict: 'transit-event' },
  {
    name: 'a severe event of a way that was hardly watched',
    grounds: { ...drop, observedPart: 0.1 },
    verdict: 'transit-event',
  },
  { name: 'two legs with like events', grounds: { ...drop, topShare: 0.6 }, verdict: 'undetermined' },
  {
    name: 'many mild events that add up',
    grounds: { topShare: 0.9, topEventProbability: 0.02, totalHazard: 0.2 },
    verdict: 'undetermined',
  },
  { name: 'a clipped event', grounds: { hasClippedEvent: true }, verdict: 'undetermined' },
  {
    name: 'a severe event that cannot cause this damage',
    grounds: { hasSevereIncompatibleEvent: true },
    verdict: 'undetermined',
  },
  { name: 'a quiet way', grounds: {}, verdict: 'no-transit-event' },
  { name: 'a quiet way that was hardly watched', grounds: { observedPart: 0.5 }, verdict: 'not-observed' },
])('$name: $verdict', ({ grounds, verdict }) => {
  expect(verdictOf({ ...quiet, ...grounds })).toBe(verdict);
});
