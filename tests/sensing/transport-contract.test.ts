import { openFirmataI2c } from '@jostle/edge/firmata';
import type { I2cTransport } from '@jostle/edge/sensing';
import { Bme280, constantWorld, FirmataServer, Sht31, SimulatedBus } from '@jostle/firmware-sim';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SerialPort } from '../support/serial-port.ts';
import { describeWithServer } from '../support/servers.ts';

const BME280 = 0x76;
const SHT31 = 0x44;
const NOBODY = 0x55;
/** Registers and commands (BME280 datasheet, memory map; SHT3x datasheet, commands). */
const ID = Uint8Array.of(0xd0);
const TRIM = Uint8Array.of(0x88);
const CTRL_HUM = Uint8Array.of(0xf2);
const READ_STATUS = Uint8Array.of(0xf3, 0x2d);
/** 0x8010 after power-up, with its CRC-8. */
const STATUS = [0x80, 0x10, 0xe1];

/** A way to the bus, and what has to be put away after it. */
interface Way {
  transport: I2cTransport;
  close(): Promise<void>;
}

/** The same cases for every transport. */
function transportContract(open: (bus: SimulatedBus) => Promise<Way>): void {
  let bus: SimulatedBus;
  let way: Way;
  let transport: I2cTransport;

  beforeEach(async () => {
    bus = new SimulatedBus();
    const surroundings = { world: constantWorld(), now: () => performance.now() };
    bus.attach(BME280, new Bme280(surroundings));
    bus.attach(SHT31, new Sht31(surroundings));
    way = await open(bus);
    transport = way.transport;
  });
  afterEach(async () => {
    await transport.close();
    await way.close();
  });

  it('writes a register and reads it', async () => {
    await transport.write(BME280, Uint8Array.of(...CTRL_HUM, 0x05));
    expect([...(await transport.writeRead(BME280, CTRL_HUM, 1))]).toEqual([0x05]);
  });

  it('reads a burst whole, with bytes above 127', async () => {
    const expected = [...(await bus.writeRead(BME280, TRIM, 24))];
    expect(Math.max(...expected)).toBeGreaterThan(127);
    expect([...(await transport.writeRead(BME280, TRIM, 24))]).toEqual(expected);
  });

  it('reads without a register what a command has asked for', async () => {
    await transport.write(SHT31, READ_STATUS);
    expect([...(await transport.read(SHT31, 3))]).toEqual(STATUS);
  });

  it('takes a command of two bytes for a register', async () => {
    expect([...(await transport.writeRead(SHT31, READ_STATUS, 3))]).toEqual(STATUS);
  });

  it('finds a chip by a probe, and nobody where nobody is', async () => {
    expect(await transport.probe(BME280)).toBe(true);
    expect(await transport.probe(NOBODY)).toBe(false);
  });

  it('is refused where nobody is, and by a chip that has nothing to say', async () => {
    const nack = { name: 'I2cFault', kind: 'nack' };
    await expect(transport.read(NOBODY, 2)).rejects.toMatchObject({ ...nack, address: NOBODY });
    await expect(transport.writeRead(NOBODY, ID, 1)).rejects.toMatchObject(nack);
    await expect(transport.read(SHT31, 6)).rejects.toMatchObject(nack);
    expect([...(await transport.writeRead(BME280, ID, 1))]).toEqual([0x60]);
  });

  it('gives each of many transactions at once its own reply', async () => {
    const registers = Array.from({ length: 100 }, (_, i) => Uint8Array.of(0x88 + (i % 20)));
    const expected = await Promise.all(registers.map((r) => bus.writeRead(BME280, r, 1)));
    const replies = await Promise.all(
      registers.flatMap((r, i) => [
        transport.writeRead(BME280, r, 1),
        ...(i % 3 === 0 ? [transport.read(NOBODY, 1).catch(() => null)] : []),
      ]),
    );
    expect(replies.filter((reply) => reply !== null)).toEqual(expected);
  });

  it('is refused while a chip is unplugged, and finds its reset values when it is back', async () => {
    await transport.write(BME280, Uint8Array.of(...CTRL_HUM, 0x05));
    bus.unplug(BME280);
    for (let i = 0; i < 3; i++)
      await expect(transport.writeRead(BME280, ID, 1)).rejects.toMatchObject({ kind: 'nack' });
    bus.plug(BME280);
    expect([...(await transport.writeRead(BME280, CTRL_HUM, 1))]).toEqual([0]);
  });

  it('fails in another way while a line is held, and goes on when it is let go', async () => {
    bus.faults.isStuck = true;
    const fault = await transport.writeRead(BME280, ID, 1).catch((e: unknown) => e);
    expect(fault).toMatchObject({ name: 'I2cFault', kind: expect.stringMatching(/stuck|timeout/) });
    bus.faults.isStuck = false;
    const read = () => transport.writeRead(BME280, ID, 1);
    expect([...(await vi.waitFor(read, { timeout: 15_000, interval: 20 }))]).toEqual([0x60]);
  });

  it('may be closed more than once', async () => {
    await transport.close();
    await expect(transport.close()).resolves.toBeUndefined();
  });
}

describe('the simulated bus', () => {
  transportContract(async (bus) => ({ transport: bus, close: async () => {} }));
});

describe('Firmata over TCP', () => {
  transportContract(async (bus) => {
    const server = await FirmataServer.listen(bus);
    const transport = await openFirmataI2c(`firmata:tcp://127.0.0.1:${server.port}`);
    return { transport, close: () => server.close() };
  });
});

describeWithServer('socat', 'Firmata over a serial port', () => {
  transportContract(async (bus) => {
    const server = await FirmataServer.listen(bus);
    const serial = await SerialPort.at(server.port);
    // The pattern of BOARD asks for /dev, which a link of a test is not in.
    const transport = await openFirmataI2c(`firmata:${serial.path}`);
    const close = async () => {
      await serial.close();
      await server.close();
    };
    return { transport, close };
  });
});
