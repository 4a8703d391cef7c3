import { expect, it } from 'vitest';
import { correlate } from './correlate.ts';
import { exampleAt, exampleCase, exampleDrop } from './example-case.ts';
import type { ReturnCase } from './return-case.ts';

const weak = exampleDrop({ peakG: { x: 0, y: 0, z: 20, resultant: 20 }, velocityChangeMps: 0.75 });
const frost = {
  id: 'PI-1:x',
  device: 'PI-1',
  body: {
    sensor: 'sht31d-44',
    quantity: 'temperature' as const,
    side: 'below' as const,
    limit: 2,
    extreme: -18,
    startedAt: exampleAt(9),
    endedAt: exampleAt(17),
  },
};
/** Coverage of all minutes but these. */
const without = (...minutes: number[]) =>
  exampleCase().coverage.filter((span) => !minutes.some((m) => span.startsAt === exampleAt(m)));

it.each<{ name: string; change: Partial<ReturnCase>; words: string }>([
  {
    name: 'the strongest event of a quiet way',
    change: { shocks: [weak] },
    words:
      'had a peak of 20 g and a velocity change of 0.8 m/s, 30 % of what the product is known to withstand.',
  },
  { name: 'that no shock event was recorded', change: { shocks: [] }, words: 'No shock event was recorded.' },
  {
    name: 'that a kind of damage leaves no trace',
    change: { damageKind: 'scratched', shocks: [] },
    words: 'Damage of this kind leaves no trace that the recorders could have seen.',
  },
  {
    name: 'that events do not cause this kind of damage',
    change: { damageKind: 'scratched' },
    words: 'they do not cause this kind of damage.',
  },
  {
    name: 'an impact within the rounded corner of the boundary',
    change: { shocks: [exampleDrop({ velocityChangeMps: 3.5 })] },
    words: 'this impact is beyond both, by little in velocity change.',
  },
  {
    name: 'an impact whose fall was not seen',
    change: { shocks: [exampleDrop({ impactClass: 'kick', dropHeightM: null })] },
    words: 'saw a kick: a peak of 112 g',
  },
  {
    name: 'the corner that was hit',
    change: {
      shocks: [exampleDrop({ impactOrientation: { kind: 'corner', faces: [2, 3, 5], angleDeg: 4 } })],
    },
    words: 'saw a drop on the corner of right side, base and near end: a fall of',
  },
  {
    name: 'the face that was hit',
    change: { shocks: [exampleDrop({ impactOrientation: { kind: 'face', faces: [3], angleDeg: 4 } })] },
    words: 'saw a drop on the base: a fall of',
  },
  {
    name: 'nothing of a part that is not known',
    change: { shocks: [exampleDrop({ impactOrientation: { kind: 'unknown', reason: 'uncalibrated' } })] },
    words: 'saw a drop: a fall of',
  },
  {
    name: 'the excursion that spoiled the food',
    change: { damageKind: 'frozen', shocks: [], excursions: [frost] },
    words: 'saw the temperature below its limit of 2 °C, as far as -18.0 °C.',
  },
  {
    name: 'damage that nobody described, of unknown severity',
    change: { damageKind: 'unknown', severity: 'unknown' },
    words: 'Glass vase was reported damaged in a way that was not described. On',
  },
  {
    name: 'a device that does not work',
    change: { damageKind: 'malfunction' },
    words: 'was reported not working',
  },
  {
    name: 'the longest gaps, and how many more there are',
    change: { coverage: without(2, 10, 11, 20, 30, 31, 32) },
    words:
      '33 minutes were observed; not observed: 3 minutes from 1 March 2026 at 10:00 UTC (device silent), 2 minutes ' +
      'from 1 March 2026 at 09:40 UTC (device silent) and 1 minute from 1 March 2026 at 09:32 UTC (device silent) ' +
      'and 1 more.',
  },
  {
    name: 'that the return has to name its shipment',
    change: { shipment: null, possibleShipments: ['2', '1'], legs: [], windows: [] },
    words: 'Its order line went out in 2 shipments (1 and 2), and the return does not say',
  },
  {
    name: 'that too little was observed',
    change: { shocks: [], windows: [{ device: 'PI-1', startsAt: exampleAt(0), endsAt: exampleAt(5) }] },
    words: 'Too little of the way was observed to say where the damage came from.',
  },
])('says $name', ({ change, words }) => {
  expect(correlate(exampleCase(change)).explanation).toContain(words);
});

it('speaks of a clipped event as one that may have been worse', () => {
  const clipped = exampleDrop({ ...weak.body, clipped: { x: false, y: false, z: true } });
  const finding = correlate(exampleCase({ shocks: [clipped] }));
  expect(finding.verdict).toBe('undetermined');
  expect(finding.method.assumptions.join()).toContain('lower bounds');
});
