import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeUpMessage, ManualClock, type RecordDraft } from '@jostle/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { Outbox } from '../outbox/outbox.ts';
import type { LinkEvents } from './link.ts';
import { Uplink } from './uplink.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const log = pino({ level: 'silent' });

let folder: string;
let outbox: Outbox;
let clock: ManualClock;
let events: LinkEvents;
let statuses: { state: string; backlog: number }[];
/** What was published since it was last looked at, as seq ranges. */
let sent: [number, number][];
/** What the network has not taken yet. */
let unsentBytes: number;
let bytesPerMessage: number;
let uplink: Uplink;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-uplink-'));
  outbox = new Outbox({ path: join(folder, 'outbox.db'), log, maxRecords: 100_000 });
  clock = new ManualClock(1_800_000_000_000);
  sent = [];
  unsentBytes = 0;
  bytesPerMessage = 0;
  statuses = [];
  uplink = new Uplink({
    outbox,
    bootId: BOOT,
    clock,
    random: () => 1,
    log,
    openLink: (linkEvents) => {
      events = linkEvents;
      return {
        publish: (channel, payload) => take(channel, payload),
        unsentBytes: () => unsentBytes,
        close: async () => {},
      };
    },
  });
});
afterEach(() => {
  outbox.close();
  rmSync(folder, { recursive: true });
});

function take(channel: string, payload: string): void {
  if (channel === 'status') {
    statuses.push(JSON.parse(payload));
    return;
  }
  const decoded = decodeUpMessage(JSON.parse(payload));
  if ('reason' in decoded) throw new RangeError(decoded.reason);
  sent.push([decoded.fromSeq, decoded.toSeq]);
  unsentBytes += bytesPerMessage;
}

const sentSince = () => sent.splice(0);
const receive = (fields: object) =>
  events.receipt(
    Buffer.from(JSON.stringify({ v: 1, epoch: outbox.epoch, upTo: 0, have: [], dead: [], ...fields })),
  );
const append = (count: number) => {
  const draft: RecordDraft = {
    kind: 'climate',
    measuredAt: clock.wallMs(),
    monotonicMs: 0,
    clockQuality: 'ntp',
    body: { sensor: 't1', temperatureC: 20, ageMs: 0 },
  };
  outbox.append(new Array<RecordDraft>(count).fill(draft), BOOT);
  uplink.pump();
};

describe('the uplink', () => {
  test('sends nothing before it is connected, and everything then, with its status first', () => {
    append(10);
    expect([sentSince(), uplink.isUp]).toEqual([[], false]);
    events.up();
    expect(statuses).toEqual([{ v: 1, state: 'online', agent: manifest.version, backlog: 10 }]);
    expect(sentSince()).toEqual([[1, 10]]);
  });

  test('keeps a record until its receipt, however long that takes, and sends it no second time before it is due', () => {
    events.up();
    append(10);
    clock.advance(2_999);
    uplink.pump();
    expect(sentSince()).toEqual([[1, 10]]);
    clock.advance(1);
    uplink.pump();
    expect([sentSince(), outbox.count]).toEqual([[[1, 10]], 10]);
    receive({ upTo: 10 });
    expect([outbox.count, outbox.lastReceiptAt]).toEqual([0, clock.wallMs()]);
  });

  test('has at most 20 messages on their way, and goes on as receipts come', () => {
    append(5_000);
    events.up();
    const first = sentSince();
    expect(first).toHaveLength(20);
    expect(first[0]).toEqual([4801, 5000]);
    receive({ upTo: 400 });
    expect(sentSince()).toEqual([
      [3801, 4000],
      [4001, 4200],
    ]);
  });

  test('sends nothing again that has not left, and nothing more than a slow network takes in seconds', () => {
    events.up();
    append(10);
    expect(sentSince()).toEqual([[1, 10]]);
    unsentBytes = 1;
    clock.advance(60_000);
    append(5);
    expect(sentSince()).toEqual([[11, 15]]);
    unsentBytes = 64 * 1024 + 1;
    append(5);
    expect(sentSince()).toEqual([]);
    unsentBytes = 0;
    receive({ upTo: 15 });
    expect(sentSince()).toEqual([[16, 20]]);
  });

  test('looks before each message of a long backlog whether the network takes it', () => {
    append(5_000);
    bytesPerMessage = 20_000;
    events.up();
    expect(sentSince()).toHaveLength(4);
    unsentBytes = 0;
    uplink.pump();
    expect(sentSince()).toHaveLength(4);
  });

  test('begins again with what has no receipt after a lost connection', () => {
    events.up();
    append(10);
    receive({ upTo: 4 });
    events.down();
    append(5);
    expect(sentSince()).toEqual([[1, 10]]);
    events.up();
    expect(sentSince()).toEqual([[5, 15]]);
  });

  test.each([
    ['no JSON', () => events.receipt(Buffer.from('hello'))],
    ['another shape', () => receive({ upTo: 'all' })],
    ['another epoch', () => receive({ epoch: BOOT, upTo: 10 })],
    ['a seq that was never given', () => receive({ upTo: 11 })],
  ])('is not moved by a receipt with %s', (_name, act) => {
    events.up();
    append(10);
    act();
    expect([outbox.count, outbox.lastReceiptAt]).toEqual([10, null]);
  });

  test('is drained when the last receipt is in', async () => {
    events.up();
    append(10);
    const never = new AbortController();
    let isDrained = false;
    const drained = uplink.drained(never.signal).then(() => {
      isDrained = true;
    });
    receive({ upTo: 9 });
    await Promise.resolve();
    expect(isDrained).toBe(false);
    receive({ upTo: 10 });
    await drained;
  });

  test('a receipt for seqs that were never given begins a new epoch, under which all of this boot is sent again', () => {
    append(3);
    events.up();
    const { epoch } = outbox;
    sent = [];
    receive({ upTo: 900 });
    expect(outbox.epoch).not.toBe(epoch);
    expect(sent).toEqual([[1, 3]]);
    receive({ upTo: 3 });
    expect(outbox.count).toBe(0);
  });

  test.each([
    ['when the time is over', () => events.up()],
    ['at once where there is no connection', () => {}],
  ])('gives up draining %s', async (_name, connect) => {
    connect();
    append(1);
    await uplink.drained(AbortSignal.timeout(20));
    expect(outbox.count).toBe(1);
  });
});
