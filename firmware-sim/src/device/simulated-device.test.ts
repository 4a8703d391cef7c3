import { MINUTE_MS, type RecordBodies, type RecordDraft, type RecordKind } from '@jostle/contracts';
import { DEFAULT_SENSING, type SensingConfig, startSensing } from '@jostle/edge/sensing';
import { afterEach, describe, expect, it } from 'vitest';
import { VirtualTime } from '../time/virtual-time.ts';
import type { Journey } from '../world/journey.ts';
import { journeyWorld } from '../world/journey-world.ts';
import { truthOf } from '../world/truth.ts';
import { simulatedDevice } from './simulated-device.ts';

const START = Date.parse('2026-03-02T08:00:00Z');

let time: VirtualTime | undefined;
afterEach(() => {
  time?.uninstall();
  time = undefined;
});

/** Lives through a journey as the device does and gives back what it recorded. */
async function recordsOf(
  pieces: Journey['pieces'],
  minutes: number,
  seed = 1,
  sensors = DEFAULT_SENSING,
): Promise<RecordDraft[]> {
  time = new VirtualTime(START);
  const sim = time;
  const journey: Journey = { startsAt: START, pieces };
  const drafts: RecordDraft[] = [];
  const surroundings = { world: journeyWorld(journey, seed), now: () => sim.nowMs() };
  const starting = startSensing({
    transport: simulatedDevice(sensors, surroundings, seed),
    clock: sim.clock(),
    sensors,
    emit: (message) => {
      if (message.type === 'records') drafts.push(...message.drafts);
    },
  });
  await sim.runUntil(START + minutes * MINUTE_MS);
  const stopping = (await starting).stop();
  await sim.runUntil(sim.nowMs() + 1000);
  await stopping;
  return drafts;
}

function bodiesOf<K extends RecordKind>(drafts: RecordDraft[], kind: K): RecordBodies[K][] {
  return drafts.filter((d) => d.kind === kind).map((d) => d.body as RecordBodies[K]);
}

describe('the agent’s sensing on a simulated device', () => {
  it.each([1, 2])('finds the one drop of 0.8 m in half an hour, with seed %d', async (seed) => {
    const pieces: Journey['pieces'] = [
      { kind: 'hand-carry', durationMs: 2 * MINUTE_MS },
      { kind: 'truck', durationMs: 10 * MINUTE_MS },
      { kind: 'conveyor', durationMs: 5 * MINUTE_MS },
      { kind: 'drop', heightM: 0.8 },
      { kind: 'truck', durationMs: 20 * MINUTE_MS },
    ];
    const drafts = await recordsOf(pieces, 30, seed);
    const [truth] = truthOf({ startsAt: START, pieces });
    const shocks = bodiesOf(drafts, 'shock');
    expect(shocks).toHaveLength(1);
    const [shock] = shocks;
    expect(shock?.impactClass).toBe('drop');
    expect(shock?.dropHeightM).toBeGreaterThan(0.72);
    expect(shock?.dropHeightM).toBeLessThan(0.88);
    expect(Math.abs((shock?.impactAt ?? 0) - (truth?.at ?? 0))).toBeLessThan(20);
    expect(shock?.velocityChangeMps).toBeGreaterThan(0.9 * (truth?.velocityChangeMps ?? 0));
    expect(shock?.velocityChangeMps).toBeLessThan(1.1 * (truth?.velocityChangeMps ?? 0));
    expect(shock?.peakG.resultant).toBeGreaterThan(0.85 * (truth?.peakG ?? 0));
    expect(shock?.peakG.resultant).toBeLessThan(1.1 * (truth?.peakG ?? 0));
    expect(bodiesOf(drafts, 'fault').filter((f) => f.isRaised)).toEqual([]);
  });

  it('tells a toss from a drop and a kick from both, and keeps quiet on a ride at assurance level II', async () => {
    const pieces: Journey['pieces'] = [
      { kind: 'hand-carry', durationMs: 5000 },
      { kind: 'drop', heightM: 0.8, surface: 'wood', orientation: '2-3-5' },
      { kind: 'hand-carry', durationMs: 5000 },
      { kind: 'toss', heightM: 0.4, launchMps: 1.5, surface: 'wood', orientation: '3-5' },
      { kind: 'rest', durationMs: 5000 },
      { kind: 'kick', velocityChangeMps: 2.5, side: '4' },
      { kind: 'conveyor', durationMs: 5000 },
      { kind: 'sorter-impact', level: 'II', side: '6' },
      { kind: 'truck-ride', road: 'asphalt', durationMs: MINUTE_MS },
      { kind: 'forklift-tip', angleDeg: 15, ending: 'fall' },
      { kind: 'rest', durationMs: 5000 },
      { kind: 'forklift-tip', angleDeg: 15, ending: 'set-down' },
    ];
    const shocks = bodiesOf(await recordsOf(pieces, 3), 'shock');
    const truth = truthOf({ startsAt: START, pieces });
    expect(truth.map((e) => e.kind)).toEqual(['drop', 'toss', 'kick', 'sorter-impact', 'forklift-tip']);
    expect(shocks.map((s) => s.impactClass).slice(0, 4)).toEqual(['drop', 'toss', 'kick', 'kick']);
    expect(shocks).toHaveLength(truth.length);
    truth.forEach((event, i) => {
      const shock = shocks[i];
      expect(Math.abs((shock?.impactAt ?? 0) - event.at)).toBeLessThan(20);
      expect(Math.abs((shock?.velocityChangeMps ?? 0) / event.velocityChangeMps - 1)).toBeLessThan(0.12);
      expect(Math.abs((shock?.peakG.resultant ?? 0) / event.peakG - 1)).toBeLessThan(0.15);
    });
  });

  it('records a quiet truck ride as coverage without gaps, climate every 10 s and no shock event', async () => {
    const drafts = await recordsOf([{ kind: 'truck', durationMs: 30 * MINUTE_MS }], 30);
    expect(bodiesOf(drafts, 'shock')).toEqual([]);
    const spans = bodiesOf(drafts, 'coverage');
    expect(spans[0]?.startsAt).toBeLessThan(START + 1000);
    expect(spans.at(-1)?.endsAt).toBeGreaterThan(START + 30 * MINUTE_MS - 1000);
    spans.slice(1).forEach((span, i) => {
      expect(span.startsAt).toBe(spans[i]?.endsAt);
    });
    expect(spans.reduce((sum, s) => sum + s.lostSamples, 0)).toBe(0);
    for (const sensor of ['sht31d-44', 'bme280-76']) {
      const readings = bodiesOf(drafts, 'climate').filter((r) => r.sensor === sensor);
      expect(readings.length).toBeGreaterThanOrEqual(178);
      for (const reading of readings) {
        expect(reading.temperatureC).toBeCloseTo(20, 1);
        expect(reading.relativeHumidityPct).toBeCloseTo(45, 1);
        if (sensor === 'bme280-76') expect(reading.pressureHpa).toBeCloseTo(1013.25, 0);
      }
    }
  });

  it('records the same bytes for the same seed, and others for another', async () => {
    const pieces: Journey['pieces'] = [
      { kind: 'truck-ride', road: 'cobbles', durationMs: 20_000 },
      { kind: 'toss', heightM: 0.4, launchMps: 1.5 },
    ];
    const bytes = async (seed: number) => {
      const text = JSON.stringify(await recordsOf(pieces, 0.5, seed));
      time?.uninstall();
      return text;
    };
    const once = await bytes(3);
    expect(await bytes(3)).toBe(once);
    expect(await bytes(4)).not.toBe(once);
  });

  it('has each climate chip that its configuration names', async () => {
    const climate: SensingConfig['climate'] = [
      { chip: 'sht31d', address: 0x44 },
      { chip: 'sht4x', address: 0x45 },
      { chip: 'si7021', address: 0x40 },
      { chip: 'tmp117', address: 0x48 },
      { chip: 'bme280', address: 0x76 },
      { chip: 'bmp280', address: 0x77 },
    ];
    const drafts = await recordsOf([{ kind: 'rest', durationMs: MINUTE_MS }], 2, 1, {
      ...DEFAULT_SENSING,
      shock: null,
      climate,
    });
    const seen = new Set(bodiesOf(drafts, 'climate').map((r) => r.sensor));
    expect(seen).toEqual(new Set(climate.map((c) => `${c.chip}-${c.address.toString(16)}`)));
    expect(bodiesOf(drafts, 'fault')).toEqual([]);
  });
});
