import { type Duplex, duplexPair } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { SimulatedBus } from '../bus/simulated-bus.ts';
import { Bme280 } from '../chips/bme280.ts';
import { constantWorld } from '../world/world.ts';
import { StandardFirmata } from './standard-firmata.ts';

const BME280 = 0x76;
const GREETING = 'f9 02 05 f0 79 02 05 53 00';
/** "I2C: Too few bytes received" in pairs, with its frame. */
const COMPLAINT = `f0 71 ${[...'I2C: Too few bytes received'].map((c) => `${c.charCodeAt(0).toString(16)} 00`).join(' ')} f7`;

let bus: SimulatedBus;
let board: StandardFirmata;
let said: number[];
let host: Duplex;

beforeEach(() => {
  vi.useFakeTimers();
  bus = new SimulatedBus();
  bus.attach(BME280, new Bme280({ world: constantWorld(), now: () => Date.now() }));
  board = new StandardFirmata(bus);
  host = newHost();
});
afterEach(() => {
  board.close();
  vi.useRealTimers();
});

function newHost(): Duplex {
  const [near, far] = duplexPair();
  said = [];
  near.on('data', (chunk: Buffer) => said.push(...chunk));
  board.attach(far);
  return near;
}

/** Sends the bytes and gives what the board says within `ms`, both in hex. */
async function ask(bytes: string, ms = 0): Promise<string> {
  await vi.advanceTimersByTimeAsync(0);
  said.length = 0;
  host.write(Buffer.from(bytes.replaceAll(' ', ''), 'hex'));
  await vi.advanceTimersByTimeAsync(ms);
  return said.map((byte) => byte.toString(16).padStart(2, '0')).join(' ');
}

const CONFIGURE = 'f0 78 00 00 f7';
/** Register 0xD0, which holds 0x60, in pairs of 7 bits. */
const READ_ID = 'f0 76 76 08 50 01 01 00 f7';
const ID_REPLY = 'f0 77 76 00 50 01 60 00 f7';

describe('a board with StandardFirmata', () => {
  it('says version and firmware to a host that comes, and when it is asked', async () => {
    await vi.advanceTimersByTimeAsync(0);
    const text = Buffer.from(said).toString('hex');
    expect(text).toContain(GREETING.replaceAll(' ', ''));
    expect(await ask('f9')).toBe('f9 02 05');
    expect(await ask('f0 79 f7')).toMatch(/^f0 79 02 05 53 00 74 00.* f7$/);
  });

  it('tells its pins: the last two are the bus', async () => {
    const capabilities = await ask('f0 6b f7');
    expect(capabilities.slice(6).split('7f')).toHaveLength(21);
    expect(capabilities).toMatch(/02 0a 06 01 7f f7$/);
    expect(await ask('f0 69 f7')).toBe(`f0 6a ${'7f '.repeat(14)}00 01 02 03 04 05 f7`);
    expect(await ask('f0 6d 0d f7')).toBe('f0 6e 0d 01 00 f7');
  });

  it('reads a register in pairs of 7 bits', async () => {
    await ask(CONFIGURE);
    expect(await ask(READ_ID)).toBe(ID_REPLY);
  });

  it('reads without a register on, and names register 0', async () => {
    await ask(CONFIGURE);
    expect(await ask('f0 76 76 00 50 01 f7')).toBe('');
    expect(await ask('f0 76 76 08 01 00 f7')).toBe('f0 77 76 00 00 00 60 00 f7');
  });

  it('writes without a word, whether a chip is there or not', async () => {
    await ask(CONFIGURE);
    // 0x05 to ctrl_hum, 0xF2.
    expect(await ask('f0 76 76 00 72 01 05 00 f7')).toBe('');
    expect([...(await bus.writeRead(BME280, Uint8Array.of(0xf2), 1))]).toEqual([0x05]);
    expect(await ask('f0 76 55 00 72 01 05 00 f7')).toBe('');
  });

  it('sends the bytes of the last good read after a complaint when no chip acknowledges', async () => {
    await ask(CONFIGURE);
    await ask(READ_ID);
    bus.unplug(BME280);
    expect(await ask(READ_ID)).toBe(`${COMPLAINT} ${ID_REPLY}`);
    // Even for another chip that was never there.
    expect(await ask('f0 76 55 08 50 01 01 00 f7')).toBe(`${COMPLAINT} f0 77 55 00 50 01 60 00 f7`);
  });

  it('complains about a read that is longer than its buffer', async () => {
    await ask(CONFIGURE);
    expect(await ask('f0 76 76 08 08 01 21 00 f7')).toContain(COMPLAINT);
  });

  it('has one delay between register and read for all chips, and keeps it when 0 is set', async () => {
    await ask(CONFIGURE);
    // 5000 µs.
    await ask('f0 78 08 27 f7');
    await ask(CONFIGURE);
    expect(await ask(READ_ID, 4)).toBe('');
    await vi.advanceTimersByTimeAsync(1);
    expect(said).toHaveLength(9);
  });

  it('reads continuously at its sampling interval until it is told to stop', async () => {
    await ask(CONFIGURE);
    await ask('f0 7a 64 00 f7');
    await ask('f0 76 76 10 50 01 01 00 f7');
    expect(await ask('', 350)).toBe([ID_REPLY, ID_REPLY, ID_REPLY].join(' '));
    expect(await ask('f0 76 76 18 f7', 1000)).toBe('');
  });

  it('ends continuous reads at a reset, but not when another host comes', async () => {
    await ask(CONFIGURE);
    await ask('f0 76 76 10 50 01 01 00 f7');
    host = newHost();
    expect(await ask('', 20)).toBe(ID_REPLY);
    expect(await ask('ff', 1000)).toBe('');
  });

  it('takes eight continuous reads and refuses the ninth in words', async () => {
    await ask(CONFIGURE);
    for (let i = 0; i < 8; i++) expect(await ask('f0 76 76 10 50 01 01 00 f7')).toBe('');
    expect(await ask('f0 76 76 10 50 01 01 00 f7')).toMatch(/^f0 71 74 00 6f 00 6f 00/);
  });

  it('does everything in order', async () => {
    await ask(CONFIGURE);
    expect(await ask(`${READ_ID} f9 ${READ_ID}`)).toBe(`${ID_REPLY} f9 02 05 ${ID_REPLY}`);
  });

  it('waits with everything else while a line of the bus is held', async () => {
    await ask(CONFIGURE);
    bus.faults.isStuck = true;
    expect(await ask(`${READ_ID} f9`, 60_000)).toBe('');
    bus.faults.isStuck = false;
    expect(await ask('', 100)).toBe(`${ID_REPLY} f9 02 05`);
  });

  it('hangs after a restart when it is asked for a chip before the bus is set up, until the next host', async () => {
    await ask(CONFIGURE);
    board.restart();
    expect(await ask(`${READ_ID} f9`, 1000)).toBe('');
    host = newHost();
    expect(await ask('f9')).toBe('f9 02 05');
  });

  it('drops what is longer than a sysex message may be', async () => {
    await ask(CONFIGURE);
    const write = (length: number) => `f0 76 76 00 72 01 05 00 ${'72 01 06 00 '.repeat(length)} f7`;
    const [before] = await bus.writeRead(BME280, Uint8Array.of(0xf2), 1);
    expect(before).toBe(0);
    await ask(write(20));
    // The last pairs that fit say 6 too; the board is in order afterwards.
    expect([...(await bus.writeRead(BME280, Uint8Array.of(0xf2), 1))]).toEqual([0x06]);
    expect(await ask(READ_ID)).toBe(ID_REPLY);
  });
});
