import { I2cFault } from '@jostle/edge/sensing';
import { describe, expect, it } from 'vitest';
import { Adxl375 } from '../chips/adxl34x.ts';
import { Sht31 } from '../chips/sht31.ts';
import { constantWorld } from '../world/world.ts';
import { SimulatedBus } from './simulated-bus.ts';

const DEVID = Uint8Array.of(0x00);

function busWithChips(seed = 1) {
  const bus = new SimulatedBus(seed);
  const surroundings = { world: constantWorld(), now: () => 0 };
  bus.attach(0x53, new Adxl375(surroundings));
  bus.attach(0x44, new Sht31(surroundings));
  return bus;
}

describe('the simulated bus', () => {
  it('lets each chip answer at its address only', async () => {
    const bus = busWithChips();
    expect([...(await bus.writeRead(0x53, DEVID, 1))]).toEqual([0xe5]);
    expect(await bus.probe(0x44)).toBe(true);
    expect(await bus.probe(0x76)).toBe(false);
    await expect(bus.writeRead(0x76, DEVID, 1)).rejects.toEqual(new I2cFault('nack', 0x76));
  });

  it('passes on that a chip does not acknowledge', async () => {
    const bus = busWithChips();
    await expect(bus.read(0x44, 6)).rejects.toMatchObject({ kind: 'nack', address: 0x44 });
    await expect(bus.write(0x44, Uint8Array.of(0x12, 0x34))).rejects.toMatchObject({ kind: 'nack' });
  });

  it('has no chip while it is unplugged, and one with reset values when it is back', async () => {
    const bus = busWithChips();
    await bus.write(0x53, Uint8Array.of(0x2d, 0x08));
    bus.unplug(0x53);
    await expect(bus.writeRead(0x53, DEVID, 1)).rejects.toMatchObject({ kind: 'nack' });
    bus.plug(0x53);
    expect([...(await bus.writeRead(0x53, Uint8Array.of(0x2d), 1))]).toEqual([0]);
  });

  it('fails every transaction while a line is stuck', async () => {
    const bus = busWithChips();
    bus.faults.isStuck = true;
    await expect(bus.write(0x53, DEVID)).rejects.toMatchObject({ kind: 'stuck' });
    bus.faults.isStuck = false;
    await bus.write(0x53, DEVID);
  });

  it('refuses every nth transaction when told to', async () => {
    const bus = busWithChips();
    bus.faults.nackEvery = 3;
    const outcomes = [];
    for (let i = 0; i < 6; i++) outcomes.push(await bus.probe(0x53));
    expect(outcomes).toEqual([true, true, false, true, true, false]);
  });

  it('disturbs single bits at the given rate, the same ones for the same seed', async () => {
    const disturbed = async (seed: number) => {
      const bus = busWithChips(seed);
      bus.faults.byteErrorRate = 0.1;
      const bytes = [];
      for (let i = 0; i < 1000; i++) bytes.push((await bus.writeRead(0x53, DEVID, 1))[0] ?? 0);
      return bytes;
    };
    const bytes = await disturbed(5);
    expect(await disturbed(5)).toEqual(bytes);
    const wrong = bytes.filter((byte) => byte !== 0xe5);
    expect(wrong.length).toBeGreaterThan(60);
    expect(wrong.length).toBeLessThan(150);
    for (const byte of wrong) expect(Math.log2(byte ^ 0xe5) % 1).toBe(0);
  });
});
