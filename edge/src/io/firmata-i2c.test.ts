import { isJostleError } from '@jostle/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FirmataI2c, openFirmataI2c } from './firmata-i2c.ts';
import { ScriptedBoard, type SysexMessage } from './testing/scripted-board.ts';

const ID = Uint8Array.of(0xd0);

const pairs = (bytes: readonly number[]) => bytes.flatMap((byte) => [byte & 0x7f, byte >> 7]);
const reply = (address: number, register: number, ...bytes: number[]): SysexMessage => [
  0x77,
  ...pairs([address, register, ...bytes]),
];
const complaint: SysexMessage = [0x71, ...pairs([...Buffer.from('I2C: Too few bytes received')])];

let buses: FirmataI2c[] = [];
beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(async () => {
  const closing = Promise.all(buses.map((bus) => bus.close()));
  // Time for an exchange that is under way to be given up.
  if (buses.length > 0) await vi.advanceTimersByTimeAsync(1000);
  await closing;
  buses = [];
  vi.useRealTimers();
});

async function busOf(board: ScriptedBoard): Promise<FirmataI2c> {
  const bus = new FirmataI2c({ connect: board.connect, random: () => 0.999_999 });
  buses.push(bus);
  expect(await bus.connect()).toBeNull();
  return bus;
}

describe('a read over Firmata', () => {
  it('asks in pairs of 7 bits and gives the bytes of the reply', async () => {
    const board = new ScriptedBoard(() => [reply(0x76, 0xd0, 0x60, 0xff)]);
    const bus = await busOf(board);
    expect([...(await bus.writeRead(0x76, ID, 2))]).toEqual([0x60, 0xff]);
    const request = [0x76, 0x08, 0x50, 0x01, 0x02, 0x00];
    expect(board.requests).toEqual([request, request]);
  });

  it('without a register asks for the length alone', async () => {
    const board = new ScriptedBoard(() => [reply(0x44, 0, 1, 2, 3)]);
    const bus = await busOf(board);
    expect([...(await bus.read(0x44, 3))]).toEqual([1, 2, 3]);
    expect(board.requests).toEqual([[0x44, 0x08, 0x03, 0x00]]);
  });

  it('of a longer register is a write and a read that nothing comes between', async () => {
    const board = new ScriptedBoard((request) => (request[1] === 0x08 ? [reply(0x44, 0, 7)] : []));
    const bus = await busOf(board);
    const command = Uint8Array.of(0xf3, 0x2d);
    const [first, second] = await Promise.all([bus.writeRead(0x44, command, 1), bus.read(0x44, 1)]);
    expect([first[0], second[0]]).toEqual([7, 7]);
    expect(board.requests.map(([, mode]) => mode)).toEqual([0x00, 0x08, 0x08]);
  });

  it.each<[string, SysexMessage[]]>([
    ['a complaint, then stale bytes', [complaint, reply(0x76, 0xd0, 0x55)]],
    ['a complaint, then stale bytes that name another chip', [complaint, reply(0x44, 0x00, 0x55)]],
    ['stale bytes, then a complaint', [reply(0x76, 0xd0, 0x55), complaint]],
    ['a complaint alone', [complaint]],
    ['a reply that is too short', [reply(0x76, 0xd0)]],
    ['a reply that is too long', [reply(0x76, 0xd0, 0x55, 0x55)]],
    ['a reply with a pair above a byte', [[0x77, ...pairs([0x76, 0xd0]), 0x7f, 0x7f]]],
    ['more replies than questions', [reply(0x76, 0xd0, 0x55), reply(0x76, 0xd0, 0x55)]],
    ['the reply of another register', [reply(0x76, 0xd1, 0x55)]],
    ['no reply', []],
  ])('that gets %s is not acknowledged, and the next one is not touched', async (_, messages) => {
    const board = new ScriptedBoard(() => messages);
    const bus = await busOf(board);
    await expect(bus.writeRead(0x76, ID, 1)).rejects.toMatchObject({ kind: 'nack', address: 0x76 });
    expect(await bus.probe(0x76)).toBe(false);
    board.answer = () => [reply(0x76, 0xd0, 0x60)];
    expect([...(await bus.writeRead(0x76, ID, 1))]).toEqual([0x60]);
    expect(board.connections).toBe(1);
  });

  it('that gives other bytes at the second time of asking is not acknowledged: one of them is of another register', async () => {
    let asked = 0;
    const board = new ScriptedBoard(() => [reply(0x76, 0xd0, asked++ === 0 ? 0x55 : 0x60)]);
    const bus = await busOf(board);
    await expect(bus.writeRead(0x76, ID, 1)).rejects.toMatchObject({ kind: 'nack' });
    expect([...(await bus.writeRead(0x76, ID, 1))]).toEqual([0x60]);
  });

  it('never gets what another one asked for', async () => {
    const board = new ScriptedBoard(([, , low = 0, high = 0]) => [
      reply(0x76, low + (high << 7), low + (high << 7)),
    ]);
    const bus = await busOf(board);
    const registers = Array.from({ length: 100 }, (_, i) => i * 2);
    const replies = await Promise.all(registers.map((r) => bus.writeRead(0x76, Uint8Array.of(r), 1)));
    expect(replies.map(([byte]) => byte)).toEqual(registers);
  });
});

it('sends nothing between start and end of a message that has an eighth bit', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ maxLength: 30 }),
      fc.integer({ min: 8, max: 0x77 }),
      async (bytes, at) => {
        const board = new ScriptedBoard();
        const bus = await busOf(board);
        await bus.write(at, bytes);
        const commands = board.received.filter((byte) => byte > 0x7f);
        expect(commands.every((byte) => [0xf0, 0xf7, 0xff].includes(byte))).toBe(true);
        expect(board.requests).toEqual([[at, 0x00, ...pairs([...bytes])]]);
      },
    ),
    { numRuns: 50 },
  );
});

it.each([
  ['read', (bus: FirmataI2c) => bus.read(0x44, 33)],
  ['write', (bus: FirmataI2c) => bus.write(0x44, new Uint8Array(31))],
])('refuses a %s of which the board would do only a part', async (_, run) => {
  const bus = await busOf(new ScriptedBoard());
  const error = await run(bus).catch((e: unknown) => e);
  expect(isJostleError(error, 'INTERNAL')).toBe(true);
});

it('asks a board that does not greet who it is', async () => {
  const board = new ScriptedBoard(() => [reply(0x76, 0xd0, 0x60)]);
  board.greetsUnasked = false;
  const opening = busOf(board);
  await vi.advanceTimersByTimeAsync(2500);
  expect([...(await (await opening).writeRead(0x76, ID, 1))]).toEqual([0x60]);
});

describe('a board that goes away', () => {
  it('is a timeout for every transaction, is looked for later and later, and is used when it is back', async () => {
    const board = new ScriptedBoard(() => [reply(0x76, 0xd0, 0x60)]);
    const bus = await busOf(board);
    board.isPresent = false;
    board.cut();
    await vi.advanceTimersByTimeAsync(0);
    await expect(bus.writeRead(0x76, ID, 1)).rejects.toMatchObject({ kind: 'timeout' });
    await expect(bus.write(0x76, ID)).rejects.toMatchObject({ kind: 'timeout' });
    const attempts: number[] = [];
    for (let second = 0; second < 120; second++) {
      await vi.advanceTimersByTimeAsync(1000);
      if (board.connections > attempts.length + 1) attempts.push(second);
    }
    // 0.5, 1, 2, 4, 8, 16 and from then on 30 s apart.
    expect(attempts).toEqual([0, 1, 3, 7, 15, 31, 61, 91]);
    board.isPresent = true;
    await vi.advanceTimersByTimeAsync(30_000);
    expect([...(await bus.writeRead(0x76, ID, 1))]).toEqual([0x60]);
  });

  it('without a word is one as well, after a second: what it says then is of no account', async () => {
    const board = new ScriptedBoard();
    const bus = await busOf(board);
    board.isAwake = false;
    const outcome = bus.writeRead(0x76, ID, 1).catch((e: unknown) => e);
    await vi.advanceTimersByTimeAsync(1000);
    expect(await outcome).toMatchObject({ kind: 'timeout' });
    board.isAwake = true;
    board.say([0xf0, ...reply(0x76, 0xd0, 0x55), 0xf7]);
    board.answer = () => [reply(0x76, 0xd0, 0x60)];
    await vi.advanceTimersByTimeAsync(500);
    expect([...(await bus.writeRead(0x76, ID, 1))]).toEqual([0x60]);
    expect(board.connections).toBe(2);
  });

  it('is not looked for any more when the bus is closed', async () => {
    const board = new ScriptedBoard();
    const bus = await busOf(board);
    await bus.close();
    await vi.advanceTimersByTimeAsync(600_000);
    expect(board.connections).toBe(1);
    await expect(bus.read(0x76, 1)).rejects.toMatchObject({ kind: 'timeout' });
  });

  it('is not there in the first place: the bus says so and is not opened', async () => {
    const board = new ScriptedBoard();
    board.isPresent = false;
    const bus = new FirmataI2c({ connect: board.connect, random: () => 0 });
    expect(await bus.connect()).toBe('connect ECONNREFUSED');
    board.isPresent = true;
    board.isAwake = false;
    const outcome = bus.connect();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(await outcome).toBe('it does not answer as StandardFirmata');
    await vi.advanceTimersByTimeAsync(600_000);
    expect(board.connections).toBe(2);
  });
});

it('takes no harm from any bytes, and no value', async () => {
  const byte = fc.oneof(
    fc.integer({ min: 0, max: 255 }),
    fc.constantFrom(0xf0, 0xf7, 0x6a, 0x6e, 0x77, 0x79),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(byte, { maxLength: 80 }), async (noise) => {
      const board = new ScriptedBoard(() => [reply(0x76, 0xd0, 0x60)]);
      const bus = await busOf(board);
      board.say(noise);
      const outcome = bus.writeRead(0x76, ID, 1).catch((e: unknown) => e);
      await vi.advanceTimersByTimeAsync(1000);
      const got = await outcome;
      if (got instanceof Uint8Array) expect([...got]).toEqual([0x60]);
      else expect(got).toMatchObject({ name: 'I2cFault' });
      await vi.advanceTimersByTimeAsync(5000);
      expect([...(await bus.writeRead(0x76, ID, 1))]).toEqual([0x60]);
      await bus.close();
    }),
    { numRuns: 200 },
  );
});

it.each([
  ['firmata:tcp://127.0.0.1:1', /ECONNREFUSED.*address and port/],
  ['firmata:/dev/ttyACM253', /ENOENT.*StandardFirmata.*group dialout/],
  ['firmata:/dev/null', /not a serial port/],
])('%s is not opened, with the remedy', async (address, message) => {
  vi.useRealTimers();
  const error = await openFirmataI2c(address).catch((e: unknown) => e);
  expect(isJostleError(error, 'EDGE_SENSOR_ABSENT')).toBe(true);
  expect(String(error)).toMatch(message);
});
