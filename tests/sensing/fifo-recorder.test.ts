import { type SensingConfig, selfTest } from '@jostle/edge/sensing';
import { constantWorld, SimulatedBus, SimulatedInterrupt } from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { BENCH_FROM_MS, type Bench } from './bench.ts';
import {
  FIFO_CASES,
  lateBus,
  modelOf,
  PULSE,
  pulseWorld,
  randomFrom,
  sensorsOf,
  startFifo,
  totalsOf,
} from './fifo-cases.ts';

const MINUTE = 60_000;

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

describe.each(FIFO_CASES)('the recorder on a simulated $chip at $rateHz Hz', (fifo) => {
  const { chip, address, rateHz, rangeG, capacity, drainEveryMs, stallMs } = fifo;
  const sensor = `${chip}-${address.toString(16)}`;
  const peakG = rangeG === 16 ? 12 : 50;

  it('loses nothing while it looks 22 ms apart at times, or 7 ms late', async () => {
    const late = { ms: Math.max(7, 22 - drainEveryMs) };
    const transport = (bus: SimulatedBus) => lateBus(bus, late, randomFrom(rateHz));
    bench = await startFifo(fifo, constantWorld(), { oscillatorErrorPpm: 12_000 }, { transport });
    await bench.pass(2 * MINUTE + 1000);
    late.ms = 0;
    await bench.pass(1000);
    const { samples, lost, watchedMs } = totalsOf(bench.bodies('coverage'));
    expect(lost).toBe(0);
    expect(Math.abs(samples / (watchedMs * rateHz * 1.012e-3) - 1)).toBeLessThan(0.0005);
    expect(bench.bodies('fault')).toEqual([]);
  });

  it.each([0, 31_000, -24_000])(
    'finds the oscillator’s error of %i ppm and measures a half-sine with it',
    async (ppm) => {
      bench = await startFifo(fifo, pulseWorld(peakG), { oscillatorErrorPpm: ppm });
      await bench.pass(MINUTE);
      const [shock, ...others] = bench.bodies('shock');
      expect(others).toEqual([]);
      expect(shock).toMatchObject({ sensor, impactClass: 'kick', clipped: { x: false, y: false, z: false } });
      expect(shock).not.toHaveProperty('calibrationId');
      expect(Math.abs((shock?.peakG.z ?? 0) / peakG - 1)).toBeLessThan(0.08);
      // A half-sine of A and T changes the velocity by 2 A T / π.
      const changeMps = ((2 * peakG * PULSE.lengthMs) / 1000 / Math.PI) * 9.80665;
      expect(Math.abs((shock?.velocityChangeMps ?? 0) / changeMps - 1)).toBeLessThan(0.05);
      expect(Math.abs((shock?.rateHz ?? 0) / (rateHz * (1 + ppm / 1e6)) - 1)).toBeLessThan(0.002);
      expect(shock?.impactAt).toBeGreaterThanOrEqual(PULSE.atMs - 2);
      expect(shock?.impactAt).toBeLessThanOrEqual(PULSE.atMs + PULSE.lengthMs);
    },
  );

  it(`tells a gap of the right length after ${stallMs} ms without the bus`, async () => {
    bench = await startFifo(fifo, constantWorld());
    await bench.pass(30_000);
    bench.bus.faults.isStuck = true;
    await bench.pass(stallMs);
    bench.bus.faults.isStuck = false;
    await bench.pass(MINUTE);
    const { samples, lost, watchedMs } = totalsOf(bench.bodies('coverage'));
    const longest = ((stallMs + 2 * drainEveryMs) * rateHz) / 1000 - capacity;
    expect(lost).toBeGreaterThanOrEqual(Math.max(1, (stallMs * rateHz) / 1000 - capacity - 1));
    expect(lost).toBeLessThanOrEqual(longest + 1);
    // What came and what was lost is all that the chip has taken.
    expect(Math.abs(samples + lost - (watchedMs * rateHz) / 1000)).toBeLessThanOrEqual(5);
    expect(bench.bodies('fault')).toEqual([]);
  });

  it('never calls the end of its range a peak, whatever its calibration takes off and turns', async () => {
    const sensors = sensorsOf(fifo);
    const shock = sensors.shock as NonNullable<SensingConfig['shock']>;
    const offsetG = rangeG / 100;
    const calibration = {
      id: 'six-2026-01',
      offsetG: { x: 0, y: 0, z: offsetG },
      scale: { x: 1, y: 1, z: 0.97 },
      axes: ['-z', '+y', '+x'] as ['-z', '+y', '+x'],
    };
    const options = { zeroOffsetG: [0, 0, offsetG] as const };
    bench = await startFifo(fifo, pulseWorld(rangeG * 1.6), options, {
      sensors: { ...sensors, shock: { ...shock, calibration } },
    });
    await bench.pass(MINUTE);
    expect(bench.bodies('shock')).toMatchObject([
      { clipped: { x: true, y: false, z: false }, calibrationId: 'six-2026-01' },
    ]);
    expect(bench.bodies('coverage')[0]).toMatchObject({ calibrationId: 'six-2026-01' });
  });

  it('raises a fault when it is unplugged, sets it up again when it is back, and after a brown-out', async () => {
    bench = await startFifo(fifo, constantWorld());
    await bench.pass(20_000);
    bench.bus.unplug(address);
    await bench.pass(20_000);
    bench.bus.plug(address);
    await bench.pass(20_000);
    bench.bus.plug(address);
    await bench.pass(MINUTE);
    expect(bench.bodies('fault').map((f) => [f.isRaised, f.reason])).toEqual([
      [true, 'stale'],
      [false, 'stale'],
      [true, 'reset'],
      [false, 'reset'],
    ]);
    const [first, second] = bench.bodies('coverage');
    expect(Math.abs((first?.endsAt ?? 0) - (BENCH_FROM_MS + 20_000))).toBeLessThan(50);
    expect(second?.startsAt).toBeGreaterThanOrEqual(BENCH_FROM_MS + 40_000);
    expect(second?.startsAt).toBeLessThan(BENCH_FROM_MS + 42_000);
  });

  it('drains on the interrupt line, and by the timer where the line breaks', async () => {
    let line: SimulatedInterrupt | undefined;
    const interrupt = (chips: ReadonlyMap<number, { isInterruptHigh(): boolean }>) => {
      line = new SimulatedInterrupt({
        isInterruptHigh: () => chips.get(address)?.isInterruptHigh() ?? false,
      });
      return line;
    };
    bench = await startFifo(fifo, constantWorld(), {}, { interrupt });
    await bench.pass(3000);
    const edges = line?.edges ?? 0;
    // The watermark comes before the timer, so that nearly every drain is the line's.
    expect(edges).toBeGreaterThan(2500 / drainEveryMs);
    if (line !== undefined) line.isConnected = false;
    await bench.pass(3000);
    expect(line?.edges).toBe(edges);
    const { bodies, stop } = bench;
    bench = undefined;
    await stop();
    const { samples, lost } = totalsOf(bodies('coverage'));
    expect(lost).toBe(0);
    expect(samples).toBeGreaterThan(5 * rateHz);
    expect(bodies('fault')).toEqual([]);
  });

  it.each([
    { isSelfTestDead: false, kind: 'passed' },
    { isSelfTestDead: true, kind: 'failed' },
  ])('is told by its self-test: $kind', async ({ isSelfTestDead, kind }) => {
    let nowMs = 0;
    const bus = new SimulatedBus();
    bus.attach(
      address,
      modelOf(fifo, constantWorld(), () => nowMs, { isSelfTestDead, noiseSeed: 3 }),
    );
    const { shock } = sensorsOf(fifo);
    if (shock === null) throw new TypeError('the case has a shock chip');
    const report = await selfTest(bus, shock, async (ms) => {
      nowMs += ms;
    });
    expect(report).toMatchObject({ kind });
    bus.unplug(address);
    expect(await selfTest(bus, shock, async () => {})).toEqual({ kind: 'no-answer', detail: 'nack' });
  });
});

it('finds the axes of an ADXL372 again after somebody has emptied its FIFO, and counts what went', async () => {
  const adxl372 = FIFO_CASES.find(({ chip }) => chip === 'adxl372');
  if (adxl372 === undefined) throw new TypeError('there is a case');
  bench = await startFifo(adxl372, constantWorld());
  const { bus, pass, bodies } = bench;
  await pass(10_012);
  const [, , high = 0, low = 0] = await bus.writeRead(adxl372.address, Uint8Array.of(0x04), 4);
  const words = (high << 8) | low;
  await bus.writeRead(adxl372.address, Uint8Array.of(0x42), words * 2);
  await pass(MINUTE);
  const { samples, lost, watchedMs } = totalsOf(bodies('coverage'));
  expect(lost).toBeGreaterThanOrEqual(words / 3);
  expect(lost).toBeLessThanOrEqual(words / 3 + 2);
  expect(Math.abs(samples + lost - (watchedMs * adxl372.rateHz) / 1000)).toBeLessThanOrEqual(5);
  expect(bodies('fault')).toEqual([]);
});

it('does not take an ADXL372 for an ADXL375', async () => {
  const [adxl375] = FIFO_CASES;
  if (adxl375 === undefined) throw new TypeError('there is a case');
  bench = await startFifo(
    { ...adxl375, chip: 'adxl372' },
    constantWorld(),
    {},
    { sensors: sensorsOf(adxl375) },
  );
  await bench.pass(MINUTE);
  expect(bench.bodies('fault')).toMatchObject([{ sensor: 'adxl375-53', reason: 'absent' }]);
});
