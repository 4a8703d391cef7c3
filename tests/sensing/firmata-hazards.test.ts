import { type Duplex, duplexPair } from 'node:stream';
import { FirmataI2c } from '@jostle/edge/firmata';
import type { SensingConfig } from '@jostle/edge/sensing';
import { constantWorld, type SimulatedBus, StandardFirmata } from '@jostle/firmware-sim';
import { afterEach, describe, expect, it } from 'vitest';
import { type Bench, startBench } from './bench.ts';
import { CLIMATE_CASES, type ClimateCase, climateOnly, TRUTH } from './climate-cases.ts';

const MINUTE = 60_000;
const world = constantWorld(TRUTH);

let bench: Bench | undefined;
/** Of the bench; it can be pulled off and put back. */
let cable: {
  isPlugged: boolean;
  board: StandardFirmata | undefined;
  /** On the way to the host; 0 for none. */
  bitErrorEveryBytes: number;
  bitErrors: number;
};
afterEach(async () => {
  await bench?.stop();
  bench = undefined;
  cable.board?.close();
});

/** The agent's sensing on an Arduino, in simulated time. */
async function startOverFirmata(...cases: readonly ClimateCase[]): Promise<Bench> {
  const sensors: SensingConfig = climateOnly(...cases);
  const open = async (bus: SimulatedBus) => {
    const board = new StandardFirmata(bus);
    cable = { isPlugged: true, board, bitErrorEveryBytes: 0, bitErrors: 0 };
    const connect = async () => {
      if (!cable.isPlugged) throw new RangeError('nothing is plugged in');
      const [host, far] = duplexPair();
      board.attach(overNoisyLine(far));
      return host;
    };
    const transport = new FirmataI2c({ connect, random: () => 0.5 });
    expect(await transport.connect()).toBeNull();
    return transport;
  };
  const chips = (now: () => number) =>
    new Map(cases.map(({ address, Model }) => [address, new Model({ world, now })]));
  bench = await startBench(sensors, chips, () => {}, { transport: open });
  return bench;
}

/** The board's end of the line. */
function overNoisyLine(far: Duplex): Duplex {
  const [near, end] = duplexPair();
  let bytes = 0;
  near.on('data', (chunk: Buffer) => {
    for (let i = 0; i < chunk.length; i++) {
      bytes += 1;
      if (cable.bitErrorEveryBytes === 0 || bytes % cable.bitErrorEveryBytes !== 0) continue;
      // Another bit each time.
      chunk[i] = (chunk[i] ?? 0) ^ (1 << (cable.bitErrors % 8));
      cable.bitErrors += 1;
    }
    far.write(chunk);
  });
  far.on('data', (chunk: Buffer) => near.write(chunk));
  near.on('end', () => far.end());
  return end;
}

function caseOf(chip: ClimateCase['chip']): ClimateCase {
  const one = CLIMATE_CASES.find((c) => c.chip === chip);
  if (one === undefined) throw new RangeError(chip);
  return one;
}

const faultsOf = ({ bodies }: Bench) => bodies('fault').map((f) => [f.sensor, f.isRaised, f.reason]);

function expectTrue({ bodies }: Bench): void {
  for (const { temperatureC, relativeHumidityPct, pressureHpa } of bodies('climate')) {
    expect(Math.abs((temperatureC ?? Number.NaN) - TRUTH.temperatureC)).toBeLessThan(0.02);
    expect(Math.abs((relativeHumidityPct ?? 61.5) - 61.5)).toBeLessThan(0.05);
    expect(Math.abs((pressureHpa ?? 984.5) - 984.5)).toBeLessThan(0.2);
  }
}

describe('Firmata’s stale buffer', () => {
  it.each(CLIMATE_CASES)(
    'after a $chip is unplugged: no stale number, a fault within three intervals, and it recovers by itself',
    async (one) => {
      const { bus, pass, bodies } = await startOverFirmata(one);
      const sensor = `${one.chip}-${one.address.toString(16)}`;
      await pass(2 * MINUTE + 1000);
      bus.unplug(one.address);
      await pass(41_000);
      if (bench === undefined) throw new TypeError('the bench is running');
      expect(faultsOf(bench)).toEqual([[sensor, true, 'stale']]);
      const before = bodies('climate').length;
      expect(before).toBeGreaterThan(8);
      await pass(5 * MINUTE);
      expect(bodies('climate')).toHaveLength(before);
      bus.plug(one.address);
      await pass(3 * MINUTE);
      expect(faultsOf(bench).at(-1)).toEqual([sensor, false, 'stale']);
      expect(bodies('climate').length - before).toBeGreaterThan(10);
      expectTrue(bench);
    },
  );

  it('does not carry the bytes of one chip over to another that is unplugged', async () => {
    const one = await startOverFirmata(caseOf('bme280'), caseOf('sht31d'), caseOf('tmp117'));
    await one.pass(MINUTE);
    one.bus.unplug(0x76);
    await one.pass(10 * MINUTE);
    expect(faultsOf(one)).toEqual([['bme280-76', true, 'stale']]);
    const last = one.drafts('climate').filter(({ body }) => body.sensor === 'bme280-76');
    expect(last.length).toBeLessThan(10);
    expect(one.bodies('climate').filter((r) => r.sensor === 'tmp117-48').length).toBeGreaterThan(55);
    expectTrue(one);
  });

  it.each([5, 6, 7, 8, 9, 11, 13])(
    'gives no value that is not true over a bus that loses one transaction in %i',
    async (nackEvery) => {
      const one = await startOverFirmata(caseOf('bme280'), caseOf('sht31d'), caseOf('tmp117'));
      one.bus.faults.nackEvery = nackEvery;
      await one.pass(15 * MINUTE);
      expect(one.bodies('climate').length).toBeGreaterThan(100);
      expectTrue(one);
    },
  );

  it('gives no value that is not true over a line that turns bits over, which the protocol does not tell', async () => {
    const one = await startOverFirmata(caseOf('bme280'), caseOf('sht31d'), caseOf('tmp117'));
    cable.bitErrorEveryBytes = 300;
    await one.pass(30 * MINUTE);
    expect(cable.bitErrors).toBeGreaterThan(100);
    expect(one.bodies('climate').length).toBeGreaterThan(300);
    expectTrue(one);
  });
});

describe('an Arduino', () => {
  it('that is pulled off is a fault of each of its sensors, and they recover when it is back', async () => {
    const one = await startOverFirmata(caseOf('bme280'), caseOf('sht31d'));
    await one.pass(MINUTE);
    cable.isPlugged = false;
    cable.board?.close();
    await one.pass(10 * MINUTE);
    expect(faultsOf(one).sort()).toEqual([
      ['bme280-76', true, 'stale'],
      ['sht31d-44', true, 'stale'],
    ]);
    expect(one.bodies('fault').every((f) => f.detail?.includes('timeout'))).toBe(true);
    cable.isPlugged = true;
    await one.pass(3 * MINUTE);
    expect(faultsOf(one).slice(2).sort()).toEqual([
      ['bme280-76', false, 'stale'],
      ['sht31d-44', false, 'stale'],
    ]);
    expectTrue(one);
  });

  it('that restarts costs at most a reading, without a word from anyone', async () => {
    const one = await startOverFirmata(caseOf('bme280'), caseOf('sht31d'));
    for (let i = 0; i < 10; i++) {
      await one.pass(MINUTE + i * 700);
      cable.board?.restart();
    }
    await one.pass(MINUTE);
    expect(faultsOf(one)).toEqual([]);
    const perSensor = one.bodies('climate').filter((r) => r.sensor === 'sht31d-44').length;
    expect(perSensor).toBeGreaterThan(60);
    expectTrue(one);
  });

  it('whose bus is held is a fault, keeps the agent going, and recovers', async () => {
    const one = await startOverFirmata(caseOf('sht31d'));
    await one.pass(MINUTE);
    one.bus.faults.isStuck = true;
    await one.pass(5 * MINUTE);
    expect(faultsOf(one)).toEqual([['sht31d-44', true, 'stale']]);
    one.bus.faults.isStuck = false;
    await one.pass(3 * MINUTE);
    expect(faultsOf(one).at(-1)).toEqual(['sht31d-44', false, 'stale']);
    expectTrue(one);
  });
});
