import type { SensingConfig } from '@jostle/edge/sensing';
import { constantWorld, type InterruptingChip, type World } from '@jostle/firmware-sim';
import { afterEach, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench, startBench } from './bench.ts';
import { FIFO_CASES, type FifoCase, modelOf, sensorsOf } from './fifo-cases.ts';

const UNCALIBRATED = {
  id: 'none',
  offsetG: { x: 0, y: 0, z: 0 },
  scale: { x: 1, y: 1, z: 1 },
  axes: ['+x', '+y', '+z'] as ['+x', '+y', '+z'],
};
const CALIBRATED = { ...UNCALIBRATED, id: 'straight' };
const TURNED_AT = BENCH_FROM_MS + 20_000;

/** Upright, then laid on its left side within half a second. */
const turnedWorld: World = {
  ...constantWorld(),
  accelerationG(wallMs, out) {
    const angle = (Math.PI / 2) * Math.max(0, Math.min(1, (wallMs - TURNED_AT) / 500));
    out[0] = Math.sin(angle);
    out[1] = 0;
    out[2] = Math.cos(angle);
  },
};

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

function caseOf(chip: FifoCase['chip']): FifoCase {
  const found = FIFO_CASES.find((fifo) => fifo.chip === chip);
  if (found === undefined) throw new TypeError(`there is a case of ${chip}`);
  return found;
}

async function tiltsOf(sensors: SensingConfig, ...chips: FifoCase[]): Promise<Bench> {
  bench = await startBench(
    sensors,
    (now) =>
      new Map<number, InterruptingChip>(
        chips.map((fifo) => [
          fifo.address,
          modelOf(fifo, turnedWorld, now, { noiseSeed: 5, zeroOffsetG: [0.04, -0.03, 0.05] }),
        ]),
      ),
  );
  await bench.pass(60_000);
  return bench;
}

const TURNED = [
  { upFace: 1, tiltDeg: expect.closeTo(0, -1) },
  { upFace: 2, tiltDeg: expect.closeTo(90, -1) },
];

it.each(['adxl345', 'lis3dh'] as const)('is told by an %s that is the shock chip', async (chip) => {
  const fifo = caseOf(chip);
  const sensors = sensorsOf(fifo);
  const shock = sensors.shock === null ? null : { ...sensors.shock, calibration: CALIBRATED };
  const { bodies } = await tiltsOf({ ...sensors, shock }, fifo);
  const sensor = `${chip}-${fifo.address.toString(16)}`;
  expect(bodies('tilt')).toMatchObject(TURNED.map((tilt) => ({ ...tilt, sensor })));
  const startedAt = bodies('tilt')[1]?.startedAt ?? 0;
  expect(startedAt).toBeGreaterThan(TURNED_AT);
  expect(startedAt).toBeLessThan(TURNED_AT + 1000);
});

it.each(['adxl345', 'lis3dh'] as const)('is told by an %s beside an ADXL375', async (chip) => {
  const shock = caseOf('adxl375');
  const { address } = caseOf(chip);
  const tilt = { chip, address, calibration: CALIBRATED };
  const { bodies, messages } = await tiltsOf({ ...sensorsOf(shock), tilt }, shock, caseOf(chip));
  const sensor = `${chip}-${address.toString(16)}`;
  expect(messages[0]).toEqual({ type: 'ready', sensors: ['adxl375-53', sensor] });
  expect(bodies('tilt')).toMatchObject(TURNED.map((t) => ({ ...t, sensor })));
  expect(bodies('fault')).toEqual([]);
  expect(new Set(bodies('coverage').map((span) => span.sensor))).toEqual(new Set(['adxl375-53']));
});

it('names no face where nobody said how the chip is mounted, only that it was turned', async () => {
  const fifo = caseOf('lis3dh');
  const { bodies } = await tiltsOf(sensorsOf(fifo), fifo);
  expect(bodies('tilt').map(({ upFace, tiltDeg }) => [upFace, tiltDeg])).toEqual([
    [null, null],
    [null, null],
  ]);
});

it('is not told by an ADXL375, whose zero lies anywhere within a g', async () => {
  const { bodies } = await tiltsOf(sensorsOf(caseOf('adxl375')), caseOf('adxl375'));
  expect(bodies('tilt')).toEqual([]);
});

it('is a fault where the tilt chip is absent', async () => {
  const shock = caseOf('adxl375');
  const tilt = { chip: 'lis3dh' as const, address: 0x18, calibration: UNCALIBRATED };
  const { bodies } = await tiltsOf({ ...sensorsOf(shock), tilt }, shock);
  expect(bodies('fault')).toMatchObject([{ sensor: 'lis3dh-18', isRaised: true, reason: 'absent' }]);
});
