import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FrameGuard, MAX_FRAME_BYTES } from './frame-guard.ts';

/** One packet: first byte, remaining length, body. */
function packet(first: number, bodyBytes: number): Buffer {
  const header = [first];
  let length = bodyBytes;
  do {
    header.push((length % 128) | (length >= 128 ? 0x80 : 0));
    length = Math.floor(length / 128);
  } while (length > 0);
  return Buffer.concat([Buffer.from(header), Buffer.alloc(bodyBytes, 0xff)]);
}

const CONNECT = packet(0x10, 30);

describe('the frame guard', () => {
  test.each([
    ['a CONNECT and small packets', [CONNECT, packet(0x32, 200), packet(0xc0, 0)], undefined],
    ['the largest packet', [CONNECT, packet(0x32, MAX_FRAME_BYTES)], undefined],
    ['an HTTP request', [Buffer.from('GET / HTTP/1.1\r\n')], 'the first packet is not CONNECT'],
    ['a PUBLISH before the CONNECT', [packet(0x32, 10)], 'the first packet is not CONNECT'],
    [
      'a packet that is one byte too large',
      [CONNECT, packet(0x32, MAX_FRAME_BYTES + 1)],
      'the packet is too large',
    ],
    ['a CONNECT of 30 MB', [Buffer.from([0x10, 0x80, 0x87, 0xa7, 0x0e])], 'the packet is too large'],
    [
      'a length of five bytes',
      [CONNECT, Buffer.from([0x32, 0x80, 0x80, 0x80, 0x80, 0x01])],
      'the remaining length has more than four bytes',
    ],
  ])('judges %s', (_name, chunks, expected) => {
    const guard = new FrameGuard();
    expect(guard.problemIn(Buffer.concat(chunks))).toBe(expected);
  });

  test('finds the same wherever the stream is cut', () => {
    const bodies = fc.array(fc.integer({ min: 0, max: MAX_FRAME_BYTES + 300 }), { maxLength: 4 });
    fc.assert(
      fc.property(bodies, fc.array(fc.integer({ min: 1, max: 5_000 }), { minLength: 1 }), (sizes, cuts) => {
        const stream = Buffer.concat([CONNECT, ...sizes.map((size) => packet(0x32, size))]);
        const guard = new FrameGuard();
        let problem: string | undefined;
        for (let i = 0, n = 0; i < stream.length && problem === undefined; n++) {
          const length = cuts[n % cuts.length] ?? 1;
          problem = guard.problemIn(stream.subarray(i, i + length));
          i += length;
        }
        const isTooLarge = sizes.some((size) => size > MAX_FRAME_BYTES);
        expect(problem).toBe(isTooLarge ? 'the packet is too large' : undefined);
      }),
      { numRuns: 60 },
    );
  });
});
