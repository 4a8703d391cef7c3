import { expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Submission } from '../inbox/submission.ts';
import { submissionOf } from '../testing/messages.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { serversOfTest } from '../testing/rest-servers.ts';
import { onEachStore } from '../testing/stores.ts';
import { ask } from './ask.ts';
import { PALLET, PARCEL } from './story-fixture.ts';
import type { TypedApp } from './typed-app.ts';

onEachStore('completeness over REST', (open) => {
  const { store, serverWithStory } = serversOfTest(open);

  /** Records 1 to 5 and 8, one a minute from 10:05 on; 6 and 7 are lost. */
  const lose = async () => {
    const at = (seq: number) => ({
      ...makeRecord(seq, 'climate'),
      measuredAt: Date.parse('2026-03-01T10:04:00Z') + seq * 60_000,
    });
    const inbox = new Inbox(store());
    await inbox.commit([submissionOf([1, 2, 3, 4, 5].map(at), { outbox: { minSeq: 1, maxSeq: 5 } })]);
    await inbox.commit([submissionOf([at(8)], { outbox: { minSeq: 8, maxSeq: 8 } })]);
  };
  const get = async (app: TypedApp, path: string) => {
    const { statusCode, json } = await ask(app, `/api/v1/${path}`);
    return { statusCode, ...json() };
  };

  it('gives the number of a device with its gaps, in all and over a span', async () => {
    const app = await serverWithStory();
    await lose();
    const whole = await get(app, 'devices/DEV-1/completeness');
    expect(whole).toMatchObject({ device: 'DEV-1', from: null, completeness: 0.75, stored: 6, lost: 2 });
    expect(whole.gaps).toMatchObject([
      {
        ...{ fromSeq: 6, toSeq: 7, state: 'lost', isPartial: false },
        ...{ earliest: '2026-03-01T10:09:00.000Z', latest: '2026-03-01T10:12:00.000Z' },
      },
    ]);
    const span = 'from=2026-03-01T10:15:00Z&to=2026-03-01T10:16:00Z';
    expect(await get(app, `devices/DEV-1/completeness?${span}`)).toMatchObject({
      ...{ from: '2026-03-01T10:10:00.000Z', to: '2026-03-01T10:20:00.000Z' },
      ...{ stored: 1, lost: 2, gaps: [{ isPartial: true }] },
    });
    expect(await get(app, 'devices/DEV-9/completeness')).toMatchObject({ statusCode: 404 });
    const backwards = 'from=2026-03-01T10:15:00Z&to=2026-03-01T10:15:00Z';
    expect(await get(app, `devices/DEV-1/completeness?${backwards}`)).toMatchObject({ statusCode: 422 });
  });

  it('counts every record of a message that could not be read while it travelled', async () => {
    const app = await serverWithStory();
    await lose();
    const bad: Submission = {
      ...{ kind: 'unreadable', deviceId: 'DEV-1', topic: 'up', receivedAt: START_MS, epoch: EPOCH },
      reject: {
        ...{ code: 'INGEST_MESSAGE_MALFORMED', reason: 'no JSON', raw: Buffer.from('?'), seqs: [9, 28] },
      },
    };
    const next = { ...makeRecord(29, 'climate'), measuredAt: Date.parse('2026-03-01T10:33:00Z') };
    await new Inbox(store()).commit([bad, submissionOf([next], { outbox: { minSeq: 29, maxSeq: 29 } })]);
    expect(await get(app, `shipments/${PALLET}/completeness`)).toMatchObject({
      ...{ completeness: 7 / 29, stored: 7, refused: 20, lost: 2 },
      devices: [
        {
          gapCount: 2,
          gaps: [
            { fromSeq: 6, toSeq: 7, records: 2, state: 'lost' },
            { fromSeq: 9, toSeq: 28, records: 20, state: 'refused', reason: 'INGEST_MESSAGE_MALFORMED' },
          ],
        },
      ],
    });
  });

  it('gives the number of a shipment by the device on its pallet, while it was there', async () => {
    const app = await serverWithStory();
    await lose();
    for (const sscc of [PALLET, PARCEL])
      expect(await get(app, `shipments/${sscc}/completeness`)).toMatchObject({
        ...{ shipment: sscc, completeness: 0.75, stored: 6, lost: 2 },
        devices: [{ device: 'DEV-1', from: '2026-03-01T10:00:00.000Z', to: null }],
      });
    const payload = { endsAt: '2026-03-01T10:08:00Z' };
    await ask(app, { method: 'PATCH', url: '/api/v1/assignments/A-1', payload });
    expect(await get(app, `shipments/${PALLET}/completeness`)).toMatchObject({ stored: 5, lost: 2 });
    expect(await get(app, 'shipments/106141412345678922/completeness')).toMatchObject({ statusCode: 404 });
  });

  it('counts what may have been made in two windows of a device once in the number of the shipment', async () => {
    const app = await serverWithStory();
    const at = (seq: number, time: string) => ({
      ...makeRecord(seq, 'climate'),
      measuredAt: Date.parse(`2026-03-01T${time}:00Z`),
    });
    const bootId = '00000000-0000-4000-8000-000000000002';
    const undated = { ...at(4, '10:10'), bootId, clockQuality: 'none' } as const;
    const inbox = new Inbox(store());
    for (const records of [[at(1, '10:05'), at(2, '10:06')], [undated], [at(7, '10:45')]])
      await inbox.commit([submissionOf(records, { outbox: { minSeq: 7, maxSeq: 7 } })]);
    const payload = { endsAt: '2026-03-01T10:08:00Z' };
    await ask(app, { method: 'PATCH', url: '/api/v1/assignments/A-1', payload });
    const { statusCode } = await ask(app, {
      ...{ method: 'POST', url: '/api/v1/assignments' },
      payload: {
        ...{ id: 'A-2', device: 'DEV-1', shipment: PALLET, site: null, zone: null },
        ...{ startsAt: '2026-03-01T10:42:00Z', endsAt: null },
      },
    });
    expect(statusCode).toBe(201);
    const gaps = [{ fromSeq: 3 }, { fromSeq: 5, toSeq: 6 }];
    expect(await get(app, `shipments/${PALLET}/completeness`)).toMatchObject({
      ...{ completeness: 4 / 7, stored: 4, lost: 3, undated: 1 },
      devices: [
        { from: '2026-03-01T10:00:00.000Z', stored: 3, lost: 3, undated: 1, gaps },
        { from: '2026-03-01T10:40:00.000Z', stored: 2, lost: 3, undated: 1, gaps },
      ],
    });
  });

  it('lists alerts by state and device, and keeps who saw to one first', async () => {
    const app = await serverWithStory();
    await lose();
    const open = await get(app, 'alerts?state=open&device=DEV-1');
    expect(open.items).toMatchObject([
      { id: 1, kind: 'lost', state: 'open', device: 'DEV-1', fromSeq: 6, toSeq: 7, records: 2 },
    ]);
    const acknowledge = (id: number, by: string) =>
      ask(app, { method: 'POST', url: `/api/v1/alerts/${id}/acknowledge`, payload: { by } });
    expect((await acknowledge(1, 'Ada')).json()).toMatchObject({
      state: 'acknowledged',
      acknowledgedBy: 'Ada',
    });
    expect((await acknowledge(1, 'Bob')).json()).toMatchObject({ acknowledgedBy: 'Ada' });
    expect((await acknowledge(9, 'Bob')).statusCode).toBe(404);
    expect((await acknowledge(1, '')).statusCode).toBe(400);
    for (const [state, count] of [
      ['open', 0],
      ['acknowledged', 1],
      ['resolved', 0],
    ] as const)
      expect((await get(app, `alerts?state=${state}`)).items).toHaveLength(count);
    expect((await get(app, 'alerts?device=DEV-2')).items).toEqual([]);
  });
});
