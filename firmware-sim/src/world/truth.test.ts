import { Check } from '@jostle/contracts/typebox';
import { describe, expect, it } from 'vitest';
import type { Journey } from './journey.ts';
import { pieceDurationMs } from './journey.ts';
import { journeyWorld } from './journey-world.ts';
import { GroundTruth, groundTruthOf, truthOf } from './truth.ts';

const START = Date.parse('2026-03-02T08:00:00Z');
const DROP = { kind: 'drop', heightM: 1.2, restitution: 0.5, orientation: '2-3-5', surface: 'wood' } as const;
const JOURNEY: Journey = {
  startsAt: START,
  pieces: [
    { kind: 'conveyor', durationMs: 60_000 },
    DROP,
    { kind: 'truck-ride', road: 'cobbles', durationMs: 600_000 },
    { kind: 'kick', velocityChangeMps: 2, side: '4' },
  ],
  episodes: [{ kind: 'door-open', afterMs: 70_000, durationMs: 120_000, outsideC: 2, outsidePct: 80 }],
  custody: [
    { afterMs: 0, custodian: 'WAREHOUSE', leg: 'PACKING' },
    { afterMs: 65_000, custodian: 'HAULIER', leg: 'ROAD' },
  ],
};

describe('the ground truth', () => {
  const truth = groundTruthOf('DEV-1', JOURNEY);

  it('fits its schema', () => {
    expect(Check(GroundTruth, truth)).toBe(true);
  });

  it('says for each impact what it was, on what, and in whose custody', () => {
    const [drop, rebound] = truth.events;
    expect(drop).toMatchObject({
      kind: 'drop',
      isRebound: false,
      heightM: 1.2,
      orientation: '2-3-5',
      surface: 'wood',
      custodian: 'WAREHOUSE',
      leg: 'PACKING',
      durationMs: 12,
    });
    expect(rebound).toMatchObject({ kind: 'drop', isRebound: true, custodian: 'WAREHOUSE' });
    expect(truth.events.at(-1)).toMatchObject({
      kind: 'kick',
      heightM: null,
      orientation: '4',
      surface: null,
      custodian: 'HAULIER',
      at: START + 660_000 + pieceDurationMs(DROP),
    });
  });

  it('lists the custody spans without a gap, and the climate episodes', () => {
    expect(truth.custody).toEqual([
      { startsAt: START, endsAt: START + 65_000, custodian: 'WAREHOUSE', leg: 'PACKING' },
      { startsAt: START + 65_000, endsAt: truth.endsAt, custodian: 'HAULIER', leg: 'ROAD' },
    ]);
    expect(truth.climateEpisodes).toEqual([
      {
        kind: 'door-open',
        outsideC: 2,
        outsidePct: 80,
        startsAt: START + 70_000,
        endsAt: START + 190_000,
        custodian: 'HAULIER',
        leg: 'ROAD',
      },
    ]);
  });

  it('names no custody where the journey has none', () => {
    const [event] = truthOf({ startsAt: START, pieces: [DROP] });
    expect(event).toMatchObject({ leg: null, custodian: null });
  });

  it('has the bumps of a cobbled road where the world has them', () => {
    const bumps = truth.events.filter((e) => e.kind === 'bump');
    expect(bumps.length).toBeGreaterThan(4);
    expect(bumps.length).toBeLessThan(25);
    const felt = new Float64Array(3);
    const worlds = [journeyWorld(JOURNEY, 1), journeyWorld({ ...JOURNEY, episodes: [] }, 2)];
    for (const { at, peakG, durationMs } of bumps)
      for (const world of worlds) {
        world.accelerationG(at + durationMs / 2, felt);
        // The vibration under it reaches 5 σ of level I at most.
        expect(Math.abs((felt[2] ?? 0) - 1 - peakG)).toBeLessThan(5 * 0.73);
      }
  });
});
