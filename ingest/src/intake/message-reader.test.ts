import { deviceTopic, encodeUpMessage, MAX_PAYLOAD_BYTES } from '@jostle/contracts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { readMessage } from './message-reader.ts';

const read = (payload: string | Buffer, channel: 'up' | 'status' = 'up') =>
  readMessage({ topic: deviceTopic('DEV-1', channel), payload: Buffer.from(payload), receivedAt: START_MS });

const message = (change: object = {}) =>
  JSON.stringify({
    ...encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 9 }, [makeRecord(4, 'climate')]),
    ...change,
  });

/** Two bytes a level: a message has room for it. */
const DEPTH = 15_000;

describe('message reader', () => {
  it('reads a run of records', () => {
    expect(read(message())).toMatchObject({
      kind: 'run',
      deviceId: 'DEV-1',
      epoch: EPOCH,
      outbox: { minSeq: 1, maxSeq: 9 },
      records: [{ seq: 4, kind: 'climate' }],
      rejects: [],
    });
  });

  it.each<[string, string, { epoch: string | null; seqs: unknown }]>([
    ['no JSON', '{', { epoch: null, seqs: null }],
    ['JSON that is no object', '7', { epoch: null, seqs: null }],
    ['null', 'null', { epoch: null, seqs: null }],
    ['an unknown version', message({ v: 2 }), { epoch: EPOCH, seqs: [4, 4] }],
    ['an epoch that is none', message({ epoch: 'x' }), { epoch: null, seqs: null }],
    ['a seq beyond the whole numbers', message({ seq: 1e300 }), { epoch: EPOCH, seqs: null }],
    [
      'a run that would end beyond the whole numbers',
      message({ seq: Number.MAX_SAFE_INTEGER }),
      { epoch: EPOCH, seqs: null },
    ],
    [
      'more records than a run may have',
      message({ at: Array(5000).fill(1) }),
      { epoch: EPOCH, seqs: [4, 1003] },
    ],
    ['no length', message({ at: 'x' }), { epoch: EPOCH, seqs: [4, 4] }],
    [
      'a body that is nested too deeply to be written again',
      message({ climate: [], other: [{ i: 0, kind: 'shock', body: 'deep' }] }).replace(
        '"deep"',
        '['.repeat(DEPTH) + ']'.repeat(DEPTH),
      ),
      { epoch: EPOCH, seqs: [4, 4] },
    ],
    ['too many bytes', message({ more: ' '.repeat(MAX_PAYLOAD_BYTES) }), { epoch: EPOCH, seqs: [4, 4] }],
  ])('calls %s unreadable and keeps what identity it can', (_, payload, { epoch, seqs }) => {
    expect(read(payload)).toMatchObject({
      kind: 'unreadable',
      epoch,
      reject: { code: 'INGEST_MESSAGE_MALFORMED', seqs, raw: Buffer.from(payload) },
    });
  });

  it('rejects a record whose time is no date, and it alone', () => {
    expect(read(message({ at: [1e300] }))).toMatchObject({
      kind: 'run',
      records: [],
      rejects: [{ code: 'INGEST_RECORD_MALFORMED', seqs: [4, 4] }],
    });
  });

  it('reads the presence of a device', () => {
    expect(read('{"v":1,"state":"offline"}', 'status')).toMatchObject({ kind: 'presence', isOnline: false });
    expect(read('{"v":1,"state":"online","backlog":3}', 'status')).toMatchObject({ isOnline: true });
    expect(read('{"v":1,"state":"away"}', 'status')).toMatchObject({ kind: 'unreadable', epoch: null });
  });

  it.each(['jostle/v1/devices/DEV-1/other', 'else', deviceTopic('de\0v', 'up')])(
    'ignores the topic %j',
    (topic) => {
      expect(readMessage({ topic, payload: Buffer.from(message()), receivedAt: START_MS })).toBeUndefined();
    },
  );

  it('never throws, whatever arrives', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => read(Buffer.from(bytes)) !== undefined),
    );
    fc.assert(fc.property(fc.jsonValue(), (value) => read(JSON.stringify(value)) !== undefined));
    const keys = fc.constantFrom(
      'v',
      'epoch',
      'bootId',
      'clock',
      'seq',
      'outbox',
      'at',
      'mono',
      'climate',
      'other',
    );
    fc.assert(
      fc.property(keys, fc.jsonValue(), (key, value) => read(message({ [key]: value }))?.kind !== undefined),
    );
  });
});
