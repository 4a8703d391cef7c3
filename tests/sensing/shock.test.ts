import { DEFAULT_SENSING, type SensingConfig } from '@jostle/edge/sensing';
import { Adxl375, constantWorld, type World } from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench, startBench } from './bench.ts';

const SHOCK_ONLY: SensingConfig = { ...DEFAULT_SENSING, climate: [] };
const ADXL375 = 0x53;
const MINUTE = 60_000;
const PULSE = { atMs: BENCH_FROM_MS + 30_000, peakG: 50, lengthMs: 11 };

/** At rest but for one half-sine along z. */
const pulseWorld: World = {
  ...constantWorld(),
  accelerationG(wallMs, out) {
    const phase = (wallMs - PULSE.atMs) / PULSE.lengthMs;
    out[0] = 0;
    out[1] = 0;
    out[2] = 1 + (phase > 0 && phase < 1 ? PULSE.peakG * Math.sin(Math.PI * phase) : 0);
  },
};

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function startShock(world: World = pulseWorld, oscillatorErrorPpm = 0): Promise<Bench> {
  bench = await startBench(
    SHOCK_ONLY,
    (now) => new Map([[ADXL375, new Adxl375({ world, now }, { oscillatorErrorPpm })]]),
  );
  return bench;
}

describe('the shock recorder on a simulated ADXL375', () => {
  it.each([0, 31_000, -24_000])(
    'measures a half-sine with the right peak, velocity change and time at %i ppm of oscillator error',
    async (ppm) => {
      const { pass, bodies } = await startShock(pulseWorld, ppm);
      await pass(MINUTE);
      const [shock, ...others] = bodies('shock');
      expect(others).toEqual([]);
      expect(shock).toMatchObject({ sensor: 'adxl375-53', impactClass: 'kick', dropHeightM: null });
      expect(shock?.peakG.z).toBeGreaterThan(46);
      expect(shock?.peakG.z).toBeLessThan(51);
      // A half-sine of 50 g and 11 ms changes the velocity by 2 A T / π = 3.434 m/s.
      expect(Math.abs((shock?.velocityChangeMps ?? 0) / 3.434 - 1)).toBeLessThan(0.05);
      expect(Math.abs((shock?.rateHz ?? 0) / (800 * (1 + ppm / 1e6)) - 1)).toBeLessThan(0.002);
      const impactAt = shock?.impactAt ?? 0;
      expect(impactAt).toBeGreaterThanOrEqual(PULSE.atMs - 2);
      expect(impactAt).toBeLessThanOrEqual(PULSE.atMs + PULSE.lengthMs);
    },
  );

  it('covers an hour without a gap, one span a minute', async () => {
    const { pass, bodies, stop } = await startShock(constantWorld(), 12_345);
    await pass(60 * MINUTE);
    bench = undefined;
    await stop();
    const spans = bodies('coverage');
    expect(spans.length).toBeGreaterThanOrEqual(60);
    for (const [i, span] of spans.entries()) {
      if (i > 0) expect(span.startsAt).toBe(spans[i - 1]?.endsAt);
      expect(span.lostSamples).toBe(0);
      expect(span.peakG).toBeCloseTo(1, 1);
    }
    const samples = spans.reduce((sum, span) => sum + span.samples, 0);
    expect(Math.abs(samples - 3600 * 800 * 1.012345)).toBeLessThan(40);
    expect(bodies('fault')).toEqual([]);
  });

  it('counts what a FIFO overrun lost while the bus was held', async () => {
    const { bus, pass, bodies } = await startShock(constantWorld());
    await pass(30_000);
    bus.faults.isStuck = true;
    await pass(200);
    bus.faults.isStuck = false;
    await pass(MINUTE);
    const lost = bodies('coverage').reduce((sum, span) => sum + span.lostSamples, 0);
    // 200 to 230 ms between two drains at 800 Hz, less the 33 samples that the chip kept.
    expect(lost).toBeGreaterThanOrEqual(127);
    expect(lost).toBeLessThanOrEqual(151);
    expect(bodies('fault')).toEqual([]);
  });

  it('ends the span and raises a fault when the chip is unplugged, and recovers when it is back', async () => {
    const { bus, pass, bodies } = await startShock(constantWorld());
    await pass(30_000);
    bus.unplug(ADXL375);
    await pass(MINUTE);
    bus.plug(ADXL375);
    await pass(2 * MINUTE);
    expect(bodies('fault').map((f) => [f.isRaised, f.reason])).toEqual([
      [true, 'stale'],
      [false, 'stale'],
    ]);
    const [before, after] = bodies('coverage');
    expect(Math.abs((before?.endsAt ?? 0) - (BENCH_FROM_MS + 30_000))).toBeLessThan(50);
    expect(after?.startsAt).toBeGreaterThan(BENCH_FROM_MS + 90_000 - 50);
    expect(after?.startsAt).toBeLessThan(BENCH_FROM_MS + 92_000);
  });

  it('writes the settings again after a brown-out and says so', async () => {
    const { bus, pass, bodies } = await startShock();
    await pass(20_000);
    bus.plug(ADXL375);
    await pass(MINUTE);
    expect(bodies('fault').map((f) => [f.isRaised, f.reason])).toEqual([
      [true, 'reset'],
      [false, 'reset'],
    ]);
    expect(bodies('shock')).toHaveLength(1);
  });

  it('is a fault when the chip is absent at the start', async () => {
    bench = await startBench(SHOCK_ONLY, () => new Map());
    await bench.pass(5 * MINUTE);
    expect(bench.messages[0]).toMatchObject({ type: 'records' });
    expect(bench.messages[1]).toEqual({ type: 'ready', sensors: [] });
    expect(bench.bodies('fault')).toMatchObject([{ sensor: 'adxl375-53', isRaised: true, reason: 'absent' }]);
    expect(bench.bodies('coverage')).toEqual([]);
  });

  it('accounts for every sample on a bus that loses each hundredth transaction', async () => {
    const { bus, pass, bodies } = await startShock(constantWorld());
    bus.faults.nackEvery = 100;
    await pass(2 * MINUTE);
    const spans = bodies('coverage');
    const samples = spans.reduce((sum, span) => sum + span.samples, 0);
    const lost = spans.reduce((sum, span) => sum + span.lostSamples, 0);
    const watchedMs = spans.reduce((sum, span) => sum + span.endsAt - span.startsAt, 0);
    expect(lost).toBeGreaterThan(0);
    // What is there and what was lost is all that the chip has taken.
    expect(Math.abs((samples + lost) / (watchedMs * 0.8) - 1)).toBeLessThan(0.02);
    expect(bodies('fault')).toEqual([]);
  });
});
