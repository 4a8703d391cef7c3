import { DEFAULT_SENSING, type SensingConfig, type ShockChip } from '@jostle/edge/sensing';
import { Adxl375, constantWorld, type World } from '@jostle/firmware-sim';
import { afterEach, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench, startBench } from './bench.ts';

const ADXL375 = 0x53;
const PULSE = { atMs: BENCH_FROM_MS + 30_000, peakG: 50, lengthMs: 11 };
/** A chip that lies on its x side: its x points to the top of the parcel, its z to the left. */
const OFFSET_G = [1.7, -2.1, 3.4] as const;
const CALIBRATION: ShockChip['calibration'] = {
  id: '20260115-00c0ffee',
  offsetG: { x: OFFSET_G[0], y: OFFSET_G[1], z: OFFSET_G[2] },
  scale: { x: 1, y: 1, z: 1 },
  axes: ['-z', '+y', '+x'],
};

/** What that chip feels while the parcel is hit from its left side: along the chip, not the parcel. */
const hitFromTheLeft: World = {
  ...constantWorld(),
  accelerationG(wallMs, out) {
    const phase = (wallMs - PULSE.atMs) / PULSE.lengthMs;
    out[0] = 1;
    out[1] = 0;
    out[2] = phase > 0 && phase < 1 ? -PULSE.peakG * Math.sin(Math.PI * phase) : 0;
  },
};

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function minuteWith(calibration: ShockChip['calibration']): Promise<Bench> {
  const shock = { ...(DEFAULT_SENSING.shock as ShockChip), calibration };
  const sensors: SensingConfig = { ...DEFAULT_SENSING, shock, climate: [] };
  bench = await startBench(
    sensors,
    (now) => new Map([[ADXL375, new Adxl375({ world: hitFromTheLeft, now }, { zeroOffsetG: OFFSET_G })]]),
  );
  await bench.pass(61_000);
  return bench;
}

it('records along the axes of the parcel, without the zero offset, and names the calibration', async () => {
  const { bodies } = await minuteWith(CALIBRATION);
  const [shock, ...others] = bodies('shock');
  expect(others).toEqual([]);
  expect(shock?.calibrationId).toBe(CALIBRATION.id);
  expect(shock?.peakG.x).toBeGreaterThan(46);
  expect(shock?.peakG.y).toBeLessThan(0.2);
  expect(shock?.peakG.z).toBeLessThan(0.2);
  expect(Math.abs((shock?.velocityChangeMps ?? 0) / 3.434 - 1)).toBeLessThan(0.05);
  expect(bodies('coverage').map((span) => span.calibrationId)).toEqual([CALIBRATION.id]);
});

it('names no calibration where there is none, and then the offset is in every level', async () => {
  const { bodies } = await minuteWith((DEFAULT_SENSING.shock as ShockChip).calibration);
  const [span] = bodies('coverage');
  expect(span).not.toHaveProperty('calibrationId');
  // 1 g and the offset along the chip's axes: √(2.7² + 2.1² + 3.4²) = 4.82 g at rest.
  expect(span?.peakG).toBeGreaterThan(4.7);
  expect(bodies('shock')[0]?.peakG.z).toBeGreaterThan(46);
});
