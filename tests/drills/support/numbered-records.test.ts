import { type DeviceRecord, recordHash } from '@jostle/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hasPoint, numberedDraft } from './numbered-records.ts';

const BOOT = '3f2b8c1e-5a7d-4e0b-9c6f-1d2e3a4b5c6d';

test('no two numbers stand for the same record, and one always for the same', () => {
  const hashOf = (n: number) => recordHash({ ...numberedDraft(n, 5), seq: 1, bootId: BOOT } as DeviceRecord);
  fc.assert(
    fc.property(fc.nat(1e6), fc.nat(1e6), (a, b) => {
      expect(hashOf(a) === hashOf(b)).toBe(a === b);
      expect(hasPoint(a)).toBe(['climate', 'shock'].includes(numberedDraft(a, 5).kind));
    }),
  );
});
