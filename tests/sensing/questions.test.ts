import { DEFAULT_SENSING, type FromSensing } from '@jostle/edge/sensing';
import {
  Adxl375,
  Bme280,
  constantWorld,
  Sht31,
  type SimulatedBus,
  type SimulatedChip,
} from '@jostle/firmware-sim';
import { afterEach, expect, test } from 'vitest';
import { BENCH_FROM_MS, type Bench, startBench } from './bench.ts';

/** What a field tech asks of a bus that is at work. */

const SHT31 = 0x44;
const BME280 = 0x76;
const ADXL375 = 0x53;
const BUMP = { atMs: BENCH_FROM_MS + 30_500, lengthMs: 11, peakG: 20 };
const world = {
  ...constantWorld(),
  accelerationG(wallMs: number, out: Float64Array) {
    const phase = (wallMs - BUMP.atMs) / BUMP.lengthMs;
    out[0] = 0;
    out[1] = 0;
    out[2] = 1 + (phase > 0 && phase < 1 ? BUMP.peakG * Math.sin(Math.PI * phase) : 0);
  },
};

let bench: Bench | undefined;
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
});

async function started(arrange?: (bus: SimulatedBus) => void): Promise<Bench> {
  bench = await startBench(
    DEFAULT_SENSING,
    (now) =>
      new Map<number, SimulatedChip>([
        [SHT31, new Sht31({ world, now })],
        [BME280, new Bme280({ world, now })],
        [ADXL375, new Adxl375({ world, now }, {})],
      ]),
    arrange,
  );
  return bench;
}

type MessageOf<T extends FromSensing['type']> = Extract<FromSensing, { type: T }>;
function messagesOf<T extends FromSensing['type']>({ messages }: Bench, type: T): MessageOf<T>[] {
  return messages.filter((message): message is MessageOf<T> => message.type === type);
}

/** Every transaction with an address where no chip of ours is takes 2 ms: ten times as long as on a real bus. */
function slowed(bus: SimulatedBus): void {
  const isOurs = (address: number) => [SHT31, BME280, ADXL375].includes(address);
  const later = <T>(address: number, run: () => Promise<T>): Promise<T> =>
    isOurs(address) ? run() : new Promise((resolve) => setTimeout(() => resolve(run()), 2));
  const { write, writeRead, probe } = bus;
  bus.write = (address, bytes) => later(address, () => write.call(bus, address, bytes));
  bus.writeRead = (address, register, length) =>
    later(address, () => writeRead.call(bus, address, register, length));
  bus.probe = (address) => later(address, () => probe.call(bus, address));
}

test('a scan of a slow bus names every chip and costs no sample and no reading', async () => {
  const running = await started(slowed);
  await running.pass(30_000);
  for (let i = 0; i < 20; i++) {
    running.ask({ type: 'scan' });
    await running.pass(1000);
  }
  const scans = messagesOf(running, 'scanned');
  expect(scans).toHaveLength(20);
  for (const { rows } of scans)
    expect(rows.filter(({ kind }) => kind === 'chip')).toEqual([
      { address: SHT31, kind: 'chip', chip: 'SHT3x' },
      { address: ADXL375, kind: 'chip', chip: 'ADXL375 or ADXL345' },
      { address: BME280, kind: 'chip', chip: 'BME280' },
    ]);
  await running.pass(40_000);
  expect(running.bodies('fault')).toEqual([]);
  expect(running.bodies('coverage').map(({ lostSamples }) => lostSamples)).toEqual([0]);
  expect(running.bodies('climate').length).toBeGreaterThanOrEqual(10);
});

test('a chip that came off its plug is silent in a scan, and there again when it is back', async () => {
  const running = await started();
  await running.pass(10_000);
  const answerAt = (address: number) =>
    messagesOf(running, 'scanned')
      .at(-1)
      ?.rows.find((row) => row.address === address)?.kind;
  for (const address of [SHT31, ADXL375]) running.bus.unplug(address);
  await running.pass(5_000);
  running.ask({ type: 'scan' });
  await running.pass(10);
  expect([answerAt(SHT31), answerAt(BME280), answerAt(ADXL375)]).toEqual(['silent', 'chip', 'silent']);
  for (const address of [SHT31, ADXL375]) running.bus.plug(address);
  await running.pass(10_000);
  running.ask({ type: 'scan' });
  await running.pass(10);
  expect([answerAt(SHT31), answerAt(ADXL375)]).toEqual(['chip', 'chip']);
});

test('a look shows the sampling of the agent, with the peak since the look before, and reads nothing', async () => {
  const running = await started();
  await running.pass(30_000);
  running.ask({ type: 'glance' });
  for (let second = 0; second < 3; second++) {
    await running.pass(1000);
    const { transactions } = running.bus;
    running.ask({ type: 'glance' });
    expect(running.bus.transactions).toBe(transactions);
  }
  const looks = messagesOf(running, 'glances').slice(1);
  const shocks = looks.flatMap(({ glances }) => glances.filter((glance) => glance.kind === 'shock'));
  expect(shocks.map(({ samples }) => Math.round(samples / 20) * 20)).toEqual([800, 800, 800]);
  const peaks = shocks.map(({ peakG }) => peakG ?? 0);
  expect(peaks[0]).toBeGreaterThan(18);
  expect(Math.max(...peaks.slice(1))).toBeLessThan(2);
  expect(looks.at(-1)?.glances[0]).toMatchObject({
    sensor: 'sht31d-44',
    reading: { temperatureC: expect.closeTo(20, 0) },
    readEveryMs: 2500,
    errors: 0,
    fault: null,
  });
});

test('a look at a sensor that is gone shows its fault and no old value for new', async () => {
  const running = await started();
  await running.pass(10_000);
  running.bus.unplug(SHT31);
  running.bus.unplug(ADXL375);
  await running.pass(45_000);
  running.ask({ type: 'glance' });
  const [climate, , shock] = messagesOf(running, 'glances').at(-1)?.glances ?? [];
  expect(climate?.fault).toMatch(/^stale: no good reply for \d+ s: nack/);
  expect(shock).toMatchObject({ fault: expect.stringMatching(/^stale: no answer/), samples: 0 });
});
