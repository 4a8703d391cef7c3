import { Finding } from '@jostle/contracts';
import { Compile } from '@jostle/contracts/typebox';
import { describe, expect, it } from 'vitest';
import { correlate } from './correlate.ts';
import { exampleAt, exampleCase, exampleDrop } from './example-case.ts';

const isFinding = Compile(Finding);
const shareOf = (finding: ReturnType<typeof correlate>, kind: string) =>
  finding.shares.find((share) => share.kind === kind)?.share ?? 0;

describe('a parcel that fell at the hub', () => {
  const finding = correlate(exampleCase());

  it('names the leg, the place, the custodian and the event', () => {
    expect(finding.verdict).toBe('transit-event');
    expect(finding.cause).toMatchObject({
      legId: 'LEG-3',
      place: 'Hub Hamburg',
      custodianName: 'Swift Parcel',
      shock: { id: 'PI-1:e:7', boundary: 'inside', margin: 112 / 60 },
      excursion: null,
    });
    expect(finding.cause?.share).toBeGreaterThan(0.95);
  });

  it('fits the schema of a finding', () => {
    const whole = { id: 'x', computedAt: '2026-03-02T00:00:00.000Z', ...finding };
    expect([...isFinding.Errors(whole)]).toEqual([]);
  });

  it('has observed the whole way', () => {
    expect(finding).toMatchObject({ observedMinutes: 40, unobservedMinutes: 0, gaps: [] });
    expect(shareOf(finding, 'unobserved')).toBe(0);
  });

  it('explains it in one paragraph that can be read to a carrier', () => {
    expect(finding.explanation).toBe(
      'Glass vase was reported shattered (severity: total). On 1 March 2026 at 09:52 UTC at Hub Hamburg, in the ' +
        'custody of Swift Parcel, the recorder that travelled with it saw a drop: a fall of 0.80 m, a peak of 112 g ' +
        'and a velocity change of 5.0 m/s. The product is known to withstand 60 g or 2.5 m/s; this impact is well ' +
        'beyond both. With a probability of more than 99 % the damage was done on this leg. Packing or manufacture has a ' +
        'probability of less than 1 %, what no recorder saw 0 %. The whole way (40 minutes) was observed.',
    );
  });
});

describe('a quiet parcel that came back scratched', () => {
  const finding = correlate(exampleCase({ damageKind: 'scratched', severity: 'cosmetic', shocks: [] }));

  it('finds that no transit event explains the damage', () => {
    expect(finding).toMatchObject({ verdict: 'no-transit-event', cause: null });
    expect(finding.explanation).toContain('No transit event explains this damage.');
    expect(finding.explanation).toContain('The whole way (40 minutes) was observed.');
  });

  it('does not blame the packing for what no recorder could have seen', () => {
    const shareOf = (kind: string) => finding.shares.find((s) => s.kind === kind)?.share ?? 0;
    expect(shareOf('unobserved')).toBeGreaterThan(shareOf('packing'));
    const shattered = correlate(exampleCase({ damageKind: 'shattered', shocks: [] }));
    expect(shattered.shares.find((s) => s.kind === 'unobserved')?.share).toBe(0);
  });
});

it('does not blame a drop for scratches, but says that it was there', () => {
  const finding = correlate(exampleCase({ damageKind: 'scratched' }));
  expect(finding).toMatchObject({ verdict: 'undetermined', cause: null });
  expect(finding.legs[2]?.shocks[0]).toMatchObject({ boundary: 'inside', damageProbability: 0 });
});

it('names both ends of a leg on the way', () => {
  const finding = correlate(exampleCase({ shocks: [exampleDrop({ impactAt: exampleAt(30) })] }));
  expect(finding.cause?.place).toBe('Hub Hamburg to Customer Bremen');
  expect(finding.explanation).toContain('between Hub Hamburg and Customer Bremen');
});

it('ignores what a device felt before it travelled with the shipment or after the last leg', () => {
  const shocks = [-3, 45].map((minute) => exampleDrop({ impactAt: exampleAt(minute) }, `PI-1:e:${minute}`));
  expect(correlate(exampleCase({ shocks }))).toMatchObject({ verdict: 'no-transit-event' });
});

it('says that it cannot tell where two legs saw the same', () => {
  const shocks = [exampleDrop(), exampleDrop({ impactAt: exampleAt(30) }, 'PI-1:e:9')];
  const finding = correlate(exampleCase({ shocks }));
  expect(finding).toMatchObject({ verdict: 'undetermined', cause: null });
  expect(finding.explanation).toContain(
    'Hub Hamburg (Swift Parcel, 50 %) and Hub Hamburg to Customer Bremen (Swift Parcel, 50 %).',
  );
});

it('counts one impact once that two recorders felt', () => {
  const windows = ['PI-1', 'PI-2'].map((device) => ({
    device,
    startsAt: exampleAt(0),
    endsAt: exampleAt(40),
  }));
  const twice = [exampleDrop(), exampleDrop({ impactAt: exampleAt(22) + 300 }, 'PI-2:e:3', 'PI-2')];
  const [both, one] = [correlate(exampleCase({ windows, shocks: twice })), correlate(exampleCase())];
  expect(both.legs[2]?.shocks).toHaveLength(2);
  expect(both.legs[2]?.hazard).toBe(one.legs[2]?.hazard);
});

it('puts events between two legs to nobody, and says so', () => {
  const legs = exampleCase().legs.filter((leg) => leg.id !== 'LEG-3');
  const finding = correlate(exampleCase({ legs }));
  expect(finding.verdict).toBe('undetermined');
  expect(shareOf(finding, 'unobserved')).toBeGreaterThan(0.9);
  expect(finding.gaps).toEqual([
    { startsAt: '2026-03-01T09:48:00.000Z', endsAt: '2026-03-01T09:56:00.000Z', reason: 'no leg recorded' },
  ]);
  expect(finding.method.assumptions.join()).toContain('for which no leg is recorded');
});

it('admits that it knows nothing of a way that nobody watched', () => {
  const finding = correlate(exampleCase({ windows: [], shocks: [], coverage: [] }));
  expect(finding).toMatchObject({ verdict: 'not-observed', observedMinutes: 0, unobservedMinutes: 40 });
  expect(finding.explanation).toContain('Nothing of the way (40 minutes) was observed');
  expect(finding.explanation).toContain('(no device assigned)');
});

it('admits that it knows nothing of a return without any leg', () => {
  const finding = correlate(exampleCase({ shipment: null, legs: [] }));
  expect(finding).toMatchObject({ verdict: 'not-observed', legs: [], gaps: [] });
  expect(finding.explanation).toContain('No leg of its way is on record.');
});

it('says where the fragility is unknown and where a peak is a lower bound', () => {
  const product = { ...exampleCase().product, fragility: null };
  const clipped = exampleDrop({ clipped: { x: false, y: false, z: true }, isBandwidthLimited: true });
  const finding = correlate(exampleCase({ product, shocks: [clipped] }));
  expect(finding.verdict).toBe('transit-event');
  expect(finding.cause?.shock).toMatchObject({ boundary: 'unknown', margin: null });
  expect(finding.explanation).toContain('a peak of at least 112 g');
  expect(finding.explanation).toContain('was never tested');
  const assumptions = finding.method.assumptions.join();
  for (const words of ['fragility of VASE', 'end of its range', 'too short for the sampling rate'])
    expect(assumptions).toContain(words);
});

it('finds the leg on which chocolate melted', () => {
  const excursion = {
    id: 'PI-1:sht31d-44:temperature:above:1',
    device: 'PI-1',
    body: {
      sensor: 'sht31d-44',
      quantity: 'temperature' as const,
      side: 'above' as const,
      limit: 25,
      extreme: 41,
      startedAt: exampleAt(27),
      endedAt: null,
    },
  };
  const finding = correlate(exampleCase({ damageKind: 'melted', shocks: [], excursions: [excursion] }));
  expect(finding).toMatchObject({ verdict: 'transit-event', cause: { legId: 'LEG-4', shock: null } });
  expect(finding.explanation).toContain('the temperature above its limit of 25 °C, as far as 41.0 °C');
  expect(finding.method.assumptions.join()).toContain('the limit set on the device stands in');
});
