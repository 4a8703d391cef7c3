import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { recordHash, sameContent } from './record-hash.ts';
import type { DeviceRecord, RecordKind } from './records.ts';

const BOOT = '0c9d8e7f-6a5b-4c3d-8e2f-1a0b9c8d7e6f';
const record = (kind: RecordKind, body: unknown) =>
  ({
    ...{ seq: 7, kind, bootId: BOOT, measuredAt: 1_772_355_607_000, monotonicMs: 7000, clockQuality: 'ntp' },
    body,
  }) as DeviceRecord;

/** The definition, with nothing spared. */
function plainHash({ kind, measuredAt, monotonicMs, clockQuality, bootId, body }: DeviceRecord): string {
  const content = [kind, measuredAt, monotonicMs, clockQuality, bootId, body];
  const text = JSON.stringify(content, (_, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
  return createHash('sha256').update(text).digest('hex');
}

// Records that are stored somewhere have these hashes: they can never change.
test.each([
  [
    'climate',
    { sensor: 'sht31d-44', temperatureC: 21.5, relativeHumidityPct: 40, ageMs: 0 },
    '7ed49367b4b2cc79c410f5d93901dccd28b543abdd4ef4c4fc56ff41474d9b4c',
  ],
  [
    'climate',
    {
      ...{ temperatureC: -0.1, pressureHpa: 1013.25, ageMs: 1e21, sensor: 'a"\\ ü\u2028\u007f' },
      relativeHumidityPct: 1e-7,
    },
    '08339c2bbee4fd9e7fe7bc41c2bba33ef8dd47ce4e748762d25f99abae6930fd',
  ],
  [
    'tombstone',
    { fromSeq: 1, toSeq: 2, reason: 'outbox-full' },
    '56b01d5fd78014d46290f4844e3b428a9b8d560ac8297408fe47c771d59e0852',
  ],
  [
    'fault',
    { sensor: 'sht31d-44', isRaised: true, reason: 'stale', detail: '"ü\\ \u0000 \ud800 🚚' },
    '3d76b73551bdd66b296d3186d23985abda25cc0de49cea58311f89fa3ea65d90',
  ],
] as const)('the hash of a %s record is the same for ever', (kind, body, hash) => {
  expect(recordHash(record(kind, body))).toBe(hash);
});

const key = fc.string({ minLength: 1 }).filter((text) => !/^\d|^__proto__$/.test(text));
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(-0, 1e-7, 1e21, 0.1, Number.MAX_SAFE_INTEGER),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string({ unit: 'binary' }),
    fc.boolean(),
    fc.constant(null),
    fc.constant(undefined),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(key, tie('value'), { maxKeys: 6 }),
  ),
}));

test('the hash is that of the sorted JSON, whatever the body holds', () => {
  fc.assert(
    fc.property(fc.dictionary(key, value, { maxKeys: 12 }), (body) => {
      expect(recordHash(record('climate', body))).toBe(plainHash(record('climate', body)));
    }),
  );
});

const number = fc.oneof(
  fc.constantFrom(-0, 1e-7, 1e21, 0.1, Number.NaN, Number.NEGATIVE_INFINITY),
  fc.double(),
  fc.integer(),
);
const text = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.constantFrom('"', '\\', '\n', '\u007f'));
const reading = fc.record(
  {
    sensor: fc.oneof({ weight: 9, arbitrary: text }, { weight: 1, arbitrary: value }),
    ageMs: number,
    temperatureC: fc.oneof(number, fc.constant(undefined)),
    relativeHumidityPct: number,
    pressureHpa: fc.oneof({ weight: 9, arbitrary: number }, { weight: 1, arbitrary: value }),
    other: value,
  },
  { requiredKeys: ['sensor', 'ageMs'] },
);

test('the hash of a reading is that of the sorted JSON, whatever its numbers and texts are', () => {
  fc.assert(
    fc.property(reading, number, number, text, (body, measuredAt, monotonicMs, bootId) => {
      const of = { ...record('climate', body), measuredAt, monotonicMs, bootId } as DeviceRecord;
      expect(recordHash(of)).toBe(plainHash(of));
    }),
    { numRuns: 1000 },
  );
});

test('two records have the same content where only seq, boot number and the order of keys differ', () => {
  const a = record('climate', { sensor: 's', temperatureC: 20, ageMs: 0 });
  expect(sameContent(a, { ...record('climate', { ageMs: 0, temperatureC: 20, sensor: 's' }), seq: 9 })).toBe(
    true,
  );
  expect(sameContent(a, { ...a, bootNumber: 4 })).toBe(true);
  expect(sameContent(a, { ...a, measuredAt: 1 })).toBe(false);
  expect(sameContent(a, record('climate', { sensor: 's', temperatureC: 20.1, ageMs: 0 }))).toBe(false);
});
