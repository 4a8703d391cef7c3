import { afterEach, beforeEach, expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { buildServer } from '../rest/server.ts';
import { serverDeps } from '../rest/server-fixture.ts';
import { enterStory, PALLET } from '../rest/story-fixture.ts';
import type { TypedApp } from '../rest/typed-app.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord } from '../testing/records.ts';
import { openTemporaryStore } from '../testing/stores.ts';
import { runCli } from './program.ts';

let store: Store;
let close: () => Promise<void>;
let app: TypedApp;
let url: string;

beforeEach(async () => {
  ({ store, close } = await openTemporaryStore());
  app = await buildServer(serverDeps(store));
  url = await app.listen({ host: '127.0.0.1', port: 0 });
  await enterStory(app);
});

afterEach(async () => {
  await app.close();
  await close();
});

async function jostle(...args: string[]) {
  const written = { out: '', err: '' };
  const code = await runCli(args, {
    config: () => ({ url }),
    terminal: {
      out: (text) => {
        written.out += text;
      },
      err: (text) => {
        written.err += text;
      },
      isInteractive: false,
      width: 80,
    },
    pause: async () => {},
  });
  return { code, ...written };
}

/** Of records 1 to 9, one a minute, 4 and 5 are dropped and 7 is lost. */
async function lose(): Promise<void> {
  const at = (seq: number) => ({
    ...makeRecord(seq, 'climate'),
    measuredAt: Date.parse('2026-03-01T10:00:00Z') + seq * 60_000,
  });
  const stone = {
    ...at(8),
    kind: 'tombstone',
    body: { fromSeq: 4, toSeq: 5, reason: 'outbox-full' },
  } as never;
  const inbox = new Inbox(store);
  for (const records of [[1, 2, 3].map(at), [at(6)], [stone, at(9)]])
    await inbox.commit([submissionOf(records, { outbox: { minSeq: 8, maxSeq: 9 } })]);
}

const squeezed = (text: string) => text.split('\n').map((line) => line.replaceAll(/ {2,}/g, '  ').trim());

it('prints the completeness of a device in tables that line up', async () => {
  await lose();
  const { code, out } = await jostle('completeness', 'DEV-1');
  expect(code).toBe(0);
  const lines = squeezed(out);
  expect(lines).toContain('DEV-1  the beginning  now  85.71 %  6  0  2  0  1  0');
  expect(lines).toContain(
    'DEV-1  4–5  2  dropped  outbox-full  2026-03-01T10:01:00.000Z  2026-03-01T10:09:00.000Z',
  );
  const columns = out.split('\n').filter((line) => /^(device|DEV-1) .*(made after|2026)/.test(line));
  expect(columns).toHaveLength(3);
  expect(new Set(columns.map((line) => line.search(/made after|2026/))).size).toBe(1);
});

it('prints the completeness of a shipment, and of a span of a device', async () => {
  await lose();
  expect(squeezed((await jostle('completeness', PALLET)).out)[0]).toBe(`Shipment ${PALLET}: 85.71 %`);
  const later = await jostle('completeness', 'DEV-1', '--from', '2026-03-01T12:00:00Z');
  expect(later.out).toContain('nothing yet');
  expect(later.out).toContain('Nothing that is known of is missing.');
  const json = JSON.parse((await jostle('completeness', 'DEV-1', '--json')).out);
  expect(json).toMatchObject({ device: 'DEV-1', lost: 1, dropped: 2 });
  expect(await jostle('completeness', 'DEV-9')).toMatchObject({
    code: 1,
    err: expect.stringContaining('DEV-9'),
  });
});

it('prints a gap once that may lie in two windows of a device', async () => {
  await lose();
  const payload = { endsAt: '2026-03-01T10:05:00Z' };
  await app.inject({ method: 'PATCH', url: '/api/v1/assignments/A-1', payload });
  await app.inject({
    ...{ method: 'POST', url: '/api/v1/assignments' },
    payload: {
      ...{ id: 'A-2', device: 'DEV-1', shipment: PALLET, site: null, zone: null },
      ...{ startsAt: '2026-03-01T10:45:00Z', endsAt: null },
    },
  });
  const later = { ...makeRecord(12, 'climate'), measuredAt: Date.parse('2026-03-01T10:50:00Z') };
  await new Inbox(store).commit([submissionOf([later], { outbox: { minSeq: 12, maxSeq: 12 } })]);
  const lines = squeezed((await jostle('completeness', PALLET)).out);
  expect(lines.filter((line) => line.startsWith('DEV-1  2026'))).toHaveLength(2);
  expect(lines.filter((line) => line.startsWith('DEV-1  10–11'))).toHaveLength(1);
});

it('lists alerts until somebody sees to them', async () => {
  expect((await jostle('alerts')).out).toBe('There are no open alerts.\n');
  await lose();
  expect(squeezed((await jostle('alerts')).out)[2]).toMatch(
    /^1 {2}.* {2}lost {2}DEV-1 {2}7 {2}1 {2}open {2}the device/,
  );
  expect((await jostle('alerts', 'ack', '1', '--by', 'Ada')).out).toContain('acknowledged (Ada)');
  expect((await jostle('alerts')).out).toBe('There are no open alerts.\n');
  expect(JSON.parse((await jostle('alerts', 'list', '--state', 'all', '--json')).out)).toHaveLength(1);
  expect((await jostle('alerts', 'ack', '7')).code).toBe(1);
});
