import type { DamageKind, ExcursionBody } from '@jostle/contracts';

/** What the recorders can see of a way. */
export type HazardKind = 'shock' | 'high-temperature' | 'low-temperature' | 'high-humidity' | 'low-humidity';

const EVERY_HAZARD: readonly HazardKind[] = [
  'shock',
  'high-temperature',
  'low-temperature',
  'high-humidity',
  'low-humidity',
];

/** Which recorded hazards can cause which kind of damage. Scratches come from rubbing, which no recorder sees. */
const CAUSES: Readonly<Record<DamageKind, readonly HazardKind[]>> = {
  shattered: ['shock'],
  cracked: ['shock', 'low-temperature', 'low-humidity'],
  dented: ['shock'],
  deformed: ['shock', 'high-temperature'],
  leaking: ['shock', 'high-temperature', 'low-temperature'],
  scratched: [],
  wet: ['high-humidity'],
  swollen: ['high-humidity'],
  mouldy: ['high-humidity'],
  melted: ['high-temperature'],
  spoiled: ['high-temperature', 'low-temperature'],
  frozen: ['low-temperature'],
  malfunction: EVERY_HAZARD,
  unknown: EVERY_HAZARD,
};

export function canCause(hazard: HazardKind, damage: DamageKind): boolean {
  return CAUSES[damage].includes(hazard);
}

/** Whether anything that is recorded could cause this kind of damage at all. */
export function hasRecordedCause(damage: DamageKind): boolean {
  return CAUSES[damage].length > 0;
}

export function hazardKindOf({ quantity, side }: Pick<ExcursionBody, 'quantity' | 'side'>): HazardKind {
  return `${side === 'above' ? 'high' : 'low'}-${quantity}`;
}
