import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { recordHash } from './record-hash.ts';
import type { DeviceRecord, RecordKind } from './records.ts';
import { bodyProblem, decodeUpMessage, recordsOf } from './up-decoder.ts';
import { encodeUpMessage, type UpMessage } from './up-message.ts';

const EPOCH = '6f9619ff-8b86-4d01-b42d-00cf4fc964ff';
const BOOT = '11111111-2222-4333-8444-555555555555';
const stamp = { bootId: BOOT, clockQuality: 'ntp' } as const;

const climate = fc.record(
  {
    sensor: fc.constantFrom('sht31d-44', 'bme280-76'),
    temperatureC: fc.integer({ min: -4000, max: 8500 }).map((n) => n / 100),
    relativeHumidityPct: fc.integer({ min: 0, max: 1000 }).map((n) => n / 10),
    pressureHpa: fc.integer({ min: 3000, max: 11000 }).map((n) => n / 10),
    ageMs: fc.nat(60_000),
  },
  { requiredKeys: ['sensor', 'ageMs'] },
);
const coverage = fc.record({
  sensor: fc.constant('adxl375-53'),
  startsAt: fc.nat(),
  endsAt: fc.nat(),
  samples: fc.nat(),
  lostSamples: fc.nat(),
  peakG: fc.integer({ min: 0, max: 2000 }).map((n) => n / 10),
  rejectedTriggers: fc.nat(),
});
const bodies = fc.oneof(
  climate.map((body) => ({ kind: 'climate', body })),
  coverage.map((body) => ({ kind: 'coverage', body })),
);
const run = fc
  .tuple(
    fc.integer({ min: 1, max: 1e9 }),
    fc.array(fc.tuple(bodies, fc.nat(2e12), fc.nat(1e9)), { minLength: 1, maxLength: 60 }),
  )
  .map(([seq, items]) =>
    items.map(
      ([item, measuredAt, monotonicMs], i) =>
        ({ ...stamp, ...item, seq: seq + i, measuredAt, monotonicMs }) as DeviceRecord,
    ),
  );

const reading = (seq: number): DeviceRecord => ({
  ...stamp,
  ...{ seq, kind: 'climate', measuredAt: seq, monotonicMs: seq, body: { sensor: 'sht31d-44', ageMs: 0 } },
});

const overTheWire = (message: UpMessage) => decodeUpMessage(JSON.parse(JSON.stringify(message)));

describe('a message', () => {
  test('gives back every record with the same content and hash', () => {
    fc.assert(
      fc.property(run, (records) => {
        const decoded = overTheWire(encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, records));
        if ('reason' in decoded) throw new Error(decoded.reason);
        expect(decoded.malformed).toEqual([]);
        expect(decoded.records).toEqual(records);
        expect(decoded.records.map(recordHash)).toEqual(records.map(recordHash));
      }),
    );
  });

  test('with one bad body gives the others and names the bad one', () => {
    const records = fc.sample(run, { numRuns: 1, seed: 7 })[0] ?? [];
    const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, records);
    message.at.push(1);
    message.mono.push(1);
    message.other.push({ i: records.length, kind: 'shock', body: { peakG: 'much' } });
    const decoded = overTheWire(message);
    if ('reason' in decoded) throw new Error(decoded.reason);
    expect(decoded.records).toHaveLength(records.length);
    expect(decoded.malformed.map((m) => m.seq)).toEqual([(records[0]?.seq ?? 0) + records.length]);
  });

  test('calls a reading malformed just where its body does not fit the schema', () => {
    const number = fc.oneof(
      fc.constantFrom(-100, -100.1, 0, -0.1, 100, 100.1, 99.9, 200, 200.1, 1300, 1300.1, null),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    );
    const short = fc.array(number, { maxLength: 3 });
    const columns = fc.record({
      sensor: fc.constantFrom('sht31d-44', 'sht\0'),
      ...{ t: short, rh: short, p: short, age: fc.array(fc.nat(), { maxLength: 3 }) },
    });
    fc.assert(
      fc.property(columns, (group) => {
        const message = {
          ...encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, [reading(1), reading(2), reading(3)]),
          climate: [{ i: [0, 1, 2], ...group }],
        };
        const decoded = decodeUpMessage(message);
        if ('reason' in decoded) throw new Error(decoded.reason);
        const all = recordsOf(message);
        expect(decoded.malformed.map(({ seq }) => seq)).toEqual(
          all.flatMap(({ seq, kind, body }) => (bodyProblem(kind, body) === undefined ? [] : seq)),
        );
        expect(decoded.records).toEqual(all.filter(({ body }) => bodyProblem('climate', body) === undefined));
      }),
    );
  });

  test.each([
    ['no object', 'hello'],
    ['another version', { v: 2 }],
    ['a seq of zero', { seq: 0 }],
    ['columns of different length', { mono: [1, 2] }],
    ['a position outside the run', { other: [{ i: 5, kind: 'fault', body: {} }] }],
    ['an unknown key', { extra: 1 }],
    ['a time of sending beyond the whole numbers', { sentMono: 1e20 }],
    ['a boot beyond the whole numbers', { bootNumber: 1e20 }],
    ['too many records', { at: Array(1001).fill(0), mono: Array(1001).fill(0) }],
  ])('with %s is refused as a whole', (_, change) => {
    const good: UpMessage = {
      v: 1,
      epoch: EPOCH,
      bootId: BOOT,
      clock: 'ntp',
      seq: 1,
      outbox: { minSeq: 1, maxSeq: 1 },
      at: [1],
      mono: [1],
      climate: [{ sensor: 'sht31d-44', i: [0], t: [20], rh: [50], p: [null], age: [0] }],
      other: [],
    };
    expect(decodeUpMessage(good)).toHaveProperty('records');
    expect(decodeUpMessage(typeof change === 'string' ? change : { ...good, ...change })).toHaveProperty(
      'reason',
    );
  });

  test('never makes the decoder throw, whatever it holds', () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => void decodeUpMessage(value)));
  });
});

test('columns keep a reading below 40 bytes', () => {
  const records = Array.from({ length: 100 }, (_, i) => ({
    ...stamp,
    seq: 1000 + i,
    kind: 'climate' as const,
    measuredAt: 1_767_225_600_000 + i * 10_000,
    monotonicMs: i * 10_000,
    body: { sensor: 'sht31d-44', temperatureC: 20.12, relativeHumidityPct: 48.3, ageMs: 12 },
  }));
  const bytes = JSON.stringify(encodeUpMessage(EPOCH, { minSeq: 1000, maxSeq: 1100 }, records)).length;
  expect(bytes / records.length).toBeLessThan(40);
});

test('a record that claims a kind of the prototype is refused', () => {
  for (const kind of ['constructor', 'toString', '__proto__', 'nothing'])
    expect(bodyProblem(kind as RecordKind, {})).toContain('unknown');
});
