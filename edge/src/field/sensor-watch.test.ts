import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { AddressedBus } from '../io/testing/addressed-bus.ts';
import { DEFAULT_SENSING } from '../sensing/sensing-config.ts';
import { SensorWatch } from './sensor-watch.ts';

const TILT = { chip: 'lis3dh' as const, address: 0x18, calibration: UNCALIBRATED };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

it('shows every configured sensor, with the fault of those that are absent', async () => {
  const watch = await SensorWatch.open(new AddressedBus({}), new ManualClock(0), DEFAULT_SENSING);
  await vi.advanceTimersByTimeAsync(1500);
  expect(watch.take()).toMatchObject([
    { sensor: 'sht31d-44', reading: null, ageMs: null, fault: 'absent: no answer: nack' },
    { sensor: 'bme280-76', reading: null, ageMs: null, fault: 'absent: no answer: nack' },
    { sensor: 'adxl375-53', samples: 0, peakG: null, fault: 'absent: no answer: nack' },
  ]);
  await watch.close();
});

it('shows a tilt chip beside the shock recorder', async () => {
  const sensors = { ...DEFAULT_SENSING, climate: [], tilt: TILT };
  const watch = await SensorWatch.open(new AddressedBus({}), new ManualClock(0), sensors);
  await vi.advanceTimersByTimeAsync(1500);
  expect(watch.take()).toMatchObject([
    { kind: 'shock', sensor: 'adxl375-53', fault: 'absent: no answer: nack' },
    { kind: 'tilt', sensor: 'lis3dh-18', nominalHz: 50, fault: 'absent: no answer: nack' },
  ]);
  await watch.close();
});

it('opens without waiting for a chip that takes its time to say who it is', async () => {
  const bus = new AddressedBus({ 68: () => [] });
  const sensors = {
    ...DEFAULT_SENSING,
    shock: null,
    climate: [{ chip: 'sht4x' as const, address: 0x44 }],
  };
  const watch = await SensorWatch.open(bus, new ManualClock(0), sensors);
  expect(watch.take()).toMatchObject([{ sensor: 'sht4x-44', reading: null, fault: null }]);
  await vi.advanceTimersByTimeAsync(1500);
  expect(watch.take()).toMatchObject([{ fault: 'absent: another chip answers at this address' }]);
  await watch.close();
});

it('reads nothing any more when it is closed', async () => {
  const bus = new AddressedBus({});
  const watch = await SensorWatch.open(bus, new ManualClock(0), { ...DEFAULT_SENSING, tilt: TILT });
  await vi.advanceTimersByTimeAsync(1500);
  await watch.close();
  const { length } = bus.writes;
  expect(length).toBeGreaterThan(0);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(bus.writes).toHaveLength(length);
});
