import {
  type DeviceRecord,
  decodeUpMessage,
  encodeUpMessage,
  MAX_PAYLOAD_BYTES,
  type RecordBodies,
} from '@jostle/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { draftProblem } from './draft-check.ts';
import { MAX_BODY_BYTES, MAX_RUN_RECORDS, runsOf } from './record-runs.ts';

const CHAIN = 'x'.repeat(43);
const EPOCH = '44444444-4444-4444-8444-444444444444';
const BOOTS = ['11111111-1111-4111-8111-111111111111', '22222222-2222-4222-8222-222222222222'];
const millis = fc.integer({ min: 0, max: 4_000_000_000_000 });

const body = fc.oneof(
  fc.record(
    {
      sensor: fc.string({ minLength: 1, maxLength: 32, unit: 'grapheme' }),
      temperatureC: fc.double({ min: -100, max: 200, noNaN: true }),
      pressureHpa: fc.double({ min: 100, max: 1300, noNaN: true }),
      ageMs: fc.nat(),
    },
    { requiredKeys: ['sensor', 'ageMs'] },
  ),
  fc.nat(12_000).map((length) => ({ sensor: 'x', ageMs: 0, padding: 'y'.repeat(length) })),
);

/** Records by rising seq with holes, of two boots and two clock qualities. */
const records = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 8 }), body, fc.nat(9), millis), { maxLength: 300 })
  .map((items) => {
    let seq = 0;
    return items.map(([step, content, chance, at]): DeviceRecord => {
      seq += step === 8 ? 2 : 1;
      return {
        seq,
        kind: 'padding' in content ? 'fault' : 'climate',
        measuredAt: at,
        monotonicMs: at,
        clockQuality: chance === 0 ? 'none' : 'ntp',
        bootId: BOOTS[chance === 1 ? 1 : 0] ?? '',
        body: content as unknown as RecordBodies['climate'],
      } as DeviceRecord;
    });
  });

test('every record is in one run, and every run fits one message', () => {
  fc.assert(
    fc.property(records, (all) => {
      const runs = runsOf(all.map((record) => ({ record, chainBefore: CHAIN })));
      expect(runs.flatMap((run) => run.records)).toEqual(all);
      for (const run of runs) {
        const message = encodeUpMessage(
          EPOCH,
          { minSeq: 1, maxSeq: 9_000_000_000_000_000 },
          run.records,
          null,
          run.chainBefore,
        );
        expect(Buffer.byteLength(JSON.stringify(message))).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
        expect(run.records.length).toBeLessThanOrEqual(MAX_RUN_RECORDS);
        const decoded = decodeUpMessage(message);
        expect(decoded).toMatchObject({ fromSeq: run.fromSeq, toSeq: run.toSeq });
      }
    }),
    { numRuns: 40 },
  );
});

test('no record is taken behind the first that the wanted runs have no place for', () => {
  fc.assert(
    fc.property(records, fc.integer({ min: 1, max: 8 }), (all, maxRuns) => {
      const chained = all.map((record) => ({ record, chainBefore: CHAIN }));
      let taken = 0;
      const oneByOne = function* () {
        for (const record of chained) {
          taken++;
          yield record;
        }
      };
      const runs = runsOf(oneByOne(), maxRuns);
      expect(runs).toEqual(runsOf(chained).slice(0, maxRuns));
      expect(taken).toBe(Math.min(all.length, runs.flatMap((run) => run.records).length + 1));
    }),
    { numRuns: 40 },
  );
});

test('the largest body that the outbox takes fits a message of its own, and a larger one is refused', () => {
  const drafted = (length: number) =>
    ({
      kind: 'shock',
      measuredAt: 1e12,
      monotonicMs: 1e9,
      clockQuality: 'ntp',
      body: {
        sensor: 'adxl375-53',
        impactAt: 1e12,
        peakG: { x: 1, y: 2, z: 3, resultant: 4 },
        durationMs: 1,
        velocityChangeMps: 1,
        impactClass: 'kick',
        freeFallMs: 0,
        dropHeightM: null,
        equivalentDropHeightM: { low: 0, high: 1 },
        clipped: { x: false, y: false, z: false },
        rateHz: 800,
        isBandwidthLimited: false,
        fairing: { filter: 'none', cornerHz: 0 },
        waveform: { rateHz: 800, preMs: 50, scaleG: 0.049, xyz: 'A'.repeat(length) },
      },
    }) as const;
  const spare = MAX_BODY_BYTES - JSON.stringify(drafted(0).body).length;
  expect(draftProblem(drafted(spare))).toBeUndefined();
  expect(draftProblem(drafted(spare + 1))).toMatch(/too large/);
  const record: DeviceRecord = { ...drafted(spare), seq: 1, bootId: BOOTS[0] ?? '' };
  const message = JSON.stringify(encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 1 }, [record], null, CHAIN));
  expect(message.length).toBeLessThanOrEqual(MAX_PAYLOAD_BYTES);
});
