import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { BusQueue } from '../../io/bus-queue.ts';
import { EdgeIO } from '../../io/edge-io.ts';
import { sensirionCrc } from '../../io/policies/sensirion-crc.ts';
import { sht4xPolicy } from '../../io/policies/sht4x.ts';
import { htu21dPolicy } from '../../io/policies/si7021.ts';
import { tmp117Policy } from '../../io/policies/tmp117.ts';
import { ScriptedTransport } from '../../io/testing/scripted-transport.ts';
import { ClimateBoard } from './board.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

async function boardOn(transport: ScriptedTransport) {
  const clock = new ManualClock(0);
  const io = new EdgeIO(new BusQueue(transport), clock);
  const opening = ClimateBoard.open(io);
  await vi.advanceTimersByTimeAsync(100);
  const board = await opening;
  const pass = async (ms: number) => {
    for (let i = 0; i < ms; i++) {
      clock.advance(1);
      await vi.advanceTimersByTimeAsync(1);
    }
  };
  return { io, board, pass };
}

const word = (value: number, start?: number) => {
  const [msb, lsb] = [value >> 8, value & 0xff];
  return [msb, lsb, sensirionCrc(msb, lsb, start)];
};

it.each([
  { raw: [0x0c80], celsius: 25 },
  { raw: [0xfff0], celsius: -0.125 },
  { raw: [0xe400], celsius: -56 },
])('reads $celsius °C from the TMP117 words $raw, and nothing before the first', async ({ raw, celsius }) => {
  const transport = new ScriptedTransport((t) =>
    t === 'r00/2' ? raw.flatMap((r) => [r >> 8, r & 0xff]) : undefined,
  );
  const { io, board, pass } = await boardOn(transport);
  io.setPolicy(0x48, tmp117Policy(100));
  const driver = board.drive({ chip: 'tmp117', address: 0x48 }, 400);
  expect(driver.reading()).toBeNull();
  await pass(150);
  expect(driver.reading()).toEqual({ temperatureC: celsius });
  // Continuous conversion, whatever was set before.
  expect(transport.transfers[0]).toBe('w010220');
});

// From the conversion of the SHT4x: -45 + 175 S / 65535 °C and -6 + 125 S / 65535 %.
it.each([
  { raw: [0x6666, 0x8000], temperatureC: 25, relativeHumidityPct: 56.5 },
  { raw: [0x0000, 0x0000], temperatureC: -45, relativeHumidityPct: 0 },
  { raw: [0xffff, 0xffff], temperatureC: 130, relativeHumidityPct: 100 },
])(
  'reads $temperatureC °C and $relativeHumidityPct % from the SHT4x words $raw',
  async ({ raw, ...reading }) => {
    const { io, board, pass } = await boardOn(
      new ScriptedTransport((t) => (t === 'r6' ? raw.flatMap((r) => word(r)) : undefined)),
    );
    io.setPolicy(0x44, sht4xPolicy(100));
    const driver = board.drive({ chip: 'sht4x', address: 0x44 }, 400);
    expect(driver.reading()).toBeNull();
    await pass(50);
    expect(driver.reading()).toEqual(reading);
  },
);

it('limits what a HTU21D reads in saturated air to 100 %', async () => {
  const transport: ScriptedTransport = new ScriptedTransport((t) =>
    t === 'r3' ? word(transport.transfers.at(-2) === 'wf3' ? 0x8000 : 0xe002, 0) : undefined,
  );
  const { io, board, pass } = await boardOn(transport);
  io.setPolicy(0x40, htu21dPolicy(100));
  const driver = board.drive({ chip: 'htu21d', address: 0x40 }, 100);
  await pass(500);
  expect(driver.reading()).toEqual({ temperatureC: 41.01, relativeHumidityPct: 100 });
});
