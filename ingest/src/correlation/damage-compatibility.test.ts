import { DAMAGE_KINDS } from '@jostle/contracts';
import { expect, it } from 'vitest';
import { canCause, hasRecordedCause, hazardKindOf } from './damage-compatibility.ts';

it.each([
  { hazard: 'shock', damage: 'shattered', isPossible: true },
  { hazard: 'high-humidity', damage: 'shattered', isPossible: false },
  { hazard: 'high-humidity', damage: 'swollen', isPossible: true },
  { hazard: 'shock', damage: 'swollen', isPossible: false },
  { hazard: 'high-temperature', damage: 'melted', isPossible: true },
  { hazard: 'low-temperature', damage: 'frozen', isPossible: true },
  { hazard: 'low-humidity', damage: 'unknown', isPossible: true },
] as const)('$hazard causes $damage: $isPossible', ({ hazard, damage, isPossible }) => {
  expect(canCause(hazard, damage)).toBe(isPossible);
});

it('knows no recorded cause of scratches, and of nothing else', () => {
  expect(DAMAGE_KINDS.filter((kind) => !hasRecordedCause(kind))).toEqual(['scratched']);
});

it('names the hazard of an excursion', () => {
  expect(hazardKindOf({ quantity: 'temperature', side: 'below' })).toBe('low-temperature');
});
