import { type DeviceRecord, Finding, ManualClock } from '@jostle/contracts';
import { Check } from '@jostle/contracts/typebox';
import { expect, it } from 'vitest';
import { IN_FLIGHT_MS } from '../completeness/gap-rules.ts';
import { EXAMPLE_START, exampleAt, exampleCase, exampleDrop } from '../correlation/example-case.ts';
import { Inbox } from '../inbox/inbox.ts';
import type { Store } from '../store/store.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord } from '../testing/records.ts';
import { onEachStore } from '../testing/stores.ts';
import { createFindings } from './index.ts';

const PARCEL = '106141412345678908';
const PALLET = '106141412345678915';

/** The ledger of the example: one order, one parcel on one pallet, its legs, a device, and a return. */
async function seedLedger({ db }: Store, assignedTo: string = PARCEL): Promise<void> {
  const { legs } = exampleCase();
  const places = ['Warehouse Kiel', 'Hub Hamburg', 'Customer Bremen'];
  const siteId = (name: string) => `SITE-${places.indexOf(name)}`;
  await db
    .insertInto('site')
    .values([
      ...places.map((name) => ({ id: siteId(name), name, kind: 'hub' })),
      { id: 'WAREHOUSE', name: 'Warehouse Kiel', kind: 'warehouse' },
    ])
    .execute();
  await db.insertInto('carrier').values({ id: 'SWIFT', name: 'Swift Parcel' }).execute();
  await db
    .insertInto('product')
    .values({
      sku: 'VASE',
      name: 'Glass vase',
      critical_acceleration_g: 60,
      critical_velocity_change_mps: 2.5,
      climate_limits: null,
    })
    .execute();
  const order = { id: 'ORD-1', customer: null, placed_at: exampleAt(-60), currency: null };
  await db.insertInto('customer_order').values(order).execute();
  const line = { order_id: 'ORD-1', line: 1 };
  await db
    .insertInto('order_line')
    .values({ ...line, sku: 'VASE', quantity: 1, unit_price: null })
    .execute();
  await db.insertInto('shipment').values({ sscc: PALLET, parent: null }).execute();
  await db.insertInto('shipment').values({ sscc: PARCEL, parent: PALLET }).execute();
  await db
    .insertInto('shipment_line')
    .values({ ...line, shipment: PARCEL, quantity: 1 })
    .execute();
  const legRows = legs.map(({ id, mode, custodian, from, to, startsAt, endsAt }) => ({
    id,
    shipment: assignedTo,
    mode,
    custodian,
    from_site: siteId(from),
    to_site: siteId(to),
    starts_at: startsAt,
    ends_at: endsAt,
  }));
  await db.insertInto('leg').values(legRows).execute();
  await db.insertInto('device').values({ id: 'PI-1', name: 'Recorder 1' }).execute();
  await db
    .insertInto('assignment')
    .values({
      id: 'ASG-1',
      device: 'PI-1',
      shipment: assignedTo,
      site: null,
      zone: null,
      starts_at: exampleAt(-5),
      ends_at: null,
    })
    .execute();
  await db.insertInto('return_claim').values(claim('RET-1', 'shattered')).execute();
}

function claim(id: string, damageKind: string) {
  return {
    id,
    order_id: 'ORD-1',
    line: 1,
    shipment: null,
    damage_kind: damageKind,
    severity: 'total',
    discovered_at: exampleAt(300),
    note: null,
    amount: null,
  };
}

async function seedRecords({ db }: Store): Promise<void> {
  await db
    .insertInto('coverage')
    .values(
      exampleCase().coverage.map(({ device, startsAt, endsAt, samples, lostSamples }, i) => ({
        device_id: device,
        epoch: 'e',
        seq: i + 100,
        starts_at: startsAt,
        ends_at: endsAt,
        samples,
        lost_samples: lostSamples,
        peak_g: 1,
      })),
    )
    .execute();
  await db.insertInto('shock_event').values(shockRow()).execute();
}

function shockRow() {
  const { id, device, body } = exampleDrop();
  const waveform = { rateHz: 800, preMs: 100, scaleG: 0.05, xyz: '' };
  return {
    id,
    device_id: device,
    impact_at: body.impactAt,
    peak_g: body.peakG.resultant,
    body: JSON.stringify({ ...body, waveform }),
  };
}

/** A record that was made `minute` minutes into the example. */
function at(seq: number, minute: number): DeviceRecord {
  return { ...makeRecord(seq, 'climate'), measuredAt: exampleAt(minute) } as DeviceRecord;
}

onEachStore('findings', (open) => {
  it('names the leg and the event from what is on record', async () => {
    const store = await open();
    await seedLedger(store);
    await seedRecords(store);
    const finding = await createFindings({ store, clock: new ManualClock(exampleAt(600)) }).findingOf(
      'RET-1',
    );
    expect(finding).toMatchObject({
      verdict: 'transit-event',
      shipment: PARCEL,
      cause: { legId: 'LEG-3', place: 'Hub Hamburg', custodianName: 'Swift Parcel' },
      observedMinutes: 40,
      unobservedMinutes: 0,
      computedAt: '2026-03-01T19:30:00.000Z',
    });
  });

  it('keeps a finding, its time included, until another record arrives', async () => {
    const store = await open();
    await seedLedger(store);
    const clock = new ManualClock(exampleAt(600));
    const findings = createFindings({ store, clock });
    const blind = await findings.findingOf('RET-1');
    expect(blind.verdict).toBe('not-observed');
    clock.advance(60_000);
    expect(await findings.findingOf('RET-1')).toEqual(blind);
    await seedRecords(store);
    const seeing = await findings.findingOf('RET-1');
    expect(seeing.verdict).toBe('transit-event');
    expect(seeing.computedAt > blind.computedAt).toBe(true);
    expect(await store.db.selectFrom('finding').select('id').execute()).toHaveLength(2);
  });

  it('says which records of the way the device dropped or lost', async () => {
    const store = await open();
    await seedLedger(store);
    await seedRecords(store);
    const findings = createFindings({ store, clock: new ManualClock(exampleAt(600)) });
    const whole = await findings.findingOf('RET-1');
    expect(whole).not.toHaveProperty('missing');
    const inbox = new Inbox(store);
    const stone = makeRecord(9, 'tombstone', { fromSeq: 2, toSeq: 4, reason: 'outbox-full' });
    const later = { ...stone, measuredAt: exampleAt(35) } as DeviceRecord;
    const batch = [[at(1, 2)], [at(5, 11)], [at(8, 31), later]].map((records) =>
      submissionOf(records, { deviceId: 'PI-1', outbox: { minSeq: 8, maxSeq: 9 } }),
    );
    await inbox.commit(batch);
    const finding = await findings.findingOf('RET-1');
    expect(finding.id).not.toBe(whole.id);
    expect(finding.missing).toEqual([
      {
        ...{ device: 'PI-1', records: 3, state: 'dropped', reason: 'outbox-full' },
        ...{ earliest: '2026-03-01T09:32:00.000Z', latest: '2026-03-01T09:41:00.000Z' },
      },
      {
        ...{ device: 'PI-1', records: 2, state: 'lost', reason: null },
        ...{ earliest: '2026-03-01T09:41:00.000Z', latest: '2026-03-01T10:01:00.000Z' },
      },
    ]);
    expect(finding.explanation).toContain(
      '3 records of PI-1 between 1 March 2026 at 09:32 UTC and 1 March 2026 at 09:41 UTC were dropped by the device: its outbox was full.',
    );
    expect(finding.shares).toEqual(whole.shares);
    await inbox.commit(batch);
    expect(await findings.findingOf('RET-1')).toEqual(finding);
  });

  it('counts what came of the way; what is missing is in flight, then late, and then there', async () => {
    const store = await open();
    await seedLedger(store);
    await seedRecords(store);
    const clock = new ManualClock(exampleAt(600));
    const findings = createFindings({ store, clock });
    const inbox = new Inbox(store);
    const send = (...records: DeviceRecord[]) => {
      const parts = { deviceId: 'PI-1', outbox: { minSeq: 1, maxSeq: 7 }, receivedAt: clock.wallMs() };
      return inbox.commit([submissionOf(records, parts)]);
    };
    await send(at(1, 2), at(2, 3), at(3, 4));
    // The last one was made after the way.
    await send(at(6, 31), at(7, 55));
    const early = await findings.findingOf('RET-1');
    const none = { late: 0, dropped: 0, refused: 0, lost: 0, inFlight: 0, undated: 0 };
    const inFlight = { completeness: 1, stored: 4, ...none, inFlight: 2 };
    expect(early.completeness).toEqual({
      ...inFlight,
      devices: [{ device: 'PI-1', ...inFlight, silentFrom: null }],
    });
    expect(early).not.toHaveProperty('missing');
    expect(early.explanation).toContain('2 records that may be of this way may still come');
    clock.advance(IN_FLIGHT_MS - 1);
    expect(await findings.findingOf('RET-1')).toEqual(early);

    clock.advance(1);
    const late = await findings.findingOf('RET-1');
    const counts = { completeness: 4 / 6, stored: 4, ...none, late: 2 };
    const limits = { earliest: '2026-03-01T09:34:00.000Z', latest: '2026-03-01T10:01:00.000Z' };
    expect(late).toEqual({
      ...early,
      id: expect.not.stringContaining(early.id),
      computedAt: new Date(clock.wallMs()).toISOString(),
      completeness: { ...counts, devices: [{ device: 'PI-1', ...counts, silentFrom: null }] },
      missing: [{ device: 'PI-1', records: 2, state: 'late', reason: null, ...limits }],
      explanation: expect.stringMatching(
        /2 records of PI-1 .* are late: .* 2 records that may be of this way may still come/,
      ),
    });
    clock.advance(IN_FLIGHT_MS);
    expect(await findings.findingOf('RET-1')).toEqual(late);

    await send(at(4, 10), at(5, 20));
    const whole = await findings.findingOf('RET-1');
    expect(whole.completeness).toMatchObject({ completeness: 1, stored: 6, late: 0, inFlight: 0 });
    expect(whole).not.toHaveProperty('missing');
    expect(whole.explanation).not.toContain('may still come');
    expect(await store.db.selectFrom('finding').select('id').execute()).toHaveLength(3);
  });

  it('counts each device while it travelled along, and all of them in the number of the shipment', async () => {
    const store = await open();
    await seedLedger(store);
    await store.db.insertInto('device').values({ id: 'PI-2', name: 'Recorder 2' }).execute();
    const during = { starts_at: exampleAt(18), ends_at: exampleAt(26) };
    await store.db
      .insertInto('assignment')
      .values({ id: 'ASG-2', device: 'PI-2', shipment: PARCEL, site: null, zone: null, ...during })
      .execute();
    const inbox = new Inbox(store);
    await inbox.commit([
      submissionOf([at(1, 2), at(2, 12)], { deviceId: 'PI-1', outbox: { minSeq: 1, maxSeq: 2 } }),
      // Before it travelled along, and while it did: one of three is lost.
      submissionOf([at(1, 5), at(2, 20)], { deviceId: 'PI-2', outbox: { minSeq: 1, maxSeq: 2 } }),
      submissionOf([at(4, 22)], { deviceId: 'PI-2', outbox: { minSeq: 4, maxSeq: 4 } }),
    ]);
    const findings = createFindings({ store, clock: new ManualClock(exampleAt(600)) });
    const finding = await findings.findingOf('RET-1');
    expect(finding.completeness).toMatchObject({
      ...{ completeness: 4 / 5, stored: 4, lost: 1 },
      devices: [
        { device: 'PI-1', completeness: 1, stored: 2, lost: 0 },
        { device: 'PI-2', completeness: 2 / 3, stored: 2, lost: 1 },
      ],
    });
    expect(finding.missing).toMatchObject([{ device: 'PI-2', records: 1, state: 'lost' }]);
  });

  it('says from when on nothing was heard of a device, until something is', async () => {
    const store = await open();
    await seedLedger(store);
    const clock = new ManualClock(exampleAt(10));
    const findings = createFindings({ store, clock });
    const hear = (seq: number, minute: number) =>
      new Inbox(store).commit([
        submissionOf([at(seq, minute)], {
          ...{ deviceId: 'PI-1', outbox: { minSeq: seq, maxSeq: seq }, receivedAt: clock.wallMs() },
        }),
      ]);
    await hear(1, 9);
    const silentFrom = async () => (await findings.findingOf('RET-1')).completeness?.devices[0]?.silentFrom;
    // It is on its way, and its next message is not due.
    clock.advance(IN_FLIGHT_MS);
    expect(await silentFrom()).toBeNull();
    clock.advance(1);
    expect(await silentFrom()).toBe(new Date(exampleAt(10)).toISOString());
    clock.advance(24 * 3_600_000);
    const silent = await findings.findingOf('RET-1');
    expect(silent.completeness).toMatchObject({ completeness: 1, stored: 1 });
    expect(silent.explanation).toContain('what it recorded after that is not known');
    await hear(2, 20);
    expect(await silentFrom()).toBeNull();
    expect((await findings.findingOf('RET-1')).explanation).not.toContain('Nothing was heard');
  });

  it('has no completeness where no device travelled along, as findings of before have none', async () => {
    const store = await open();
    await seedLedger(store);
    const findings = createFindings({ store, clock: new ManualClock(exampleAt(600)) });
    const counted = await findings.findingOf('RET-1');
    // A device that nobody has heard of travelled along: nothing of it is expected yet.
    expect(counted.completeness).toMatchObject({
      completeness: null,
      devices: [{ device: 'PI-1', stored: 0, silentFrom: new Date(exampleAt(0)).toISOString() }],
    });
    expect(counted.explanation).toMatch(
      /Nothing was heard of PI-1 from .* on: what it recorded .* not known\./,
    );
    expect(Check(Finding, counted)).toBe(true);
    await store.db.deleteFrom('assignment').execute();
    const bare = await findings.findingOf('RET-1');
    expect(bare).not.toHaveProperty('completeness');
    expect(Check(Finding, bare)).toBe(true);
  });

  it('uses the legs and the device of the pallet that carried the parcel', async () => {
    const store = await open();
    await seedLedger(store, PALLET);
    await seedRecords(store);
    const finding = await createFindings({ store, clock: new ManualClock(EXAMPLE_START) }).findingOf('RET-1');
    expect(finding).toMatchObject({ shipment: PARCEL, cause: { legId: 'LEG-3' }, unobservedMinutes: 0 });
  });

  it('does not guess the shipment of a line that went out in two, and asks for it', async () => {
    const store = await open();
    await seedLedger(store);
    await store.db
      .insertInto('shipment_line')
      .values({ shipment: PALLET, order_id: 'ORD-1', line: 1, quantity: 1 })
      .execute();
    const findings = createFindings({ store, clock: new ManualClock(EXAMPLE_START) });
    expect(await findings.findingOf('RET-1')).toMatchObject({
      shipment: null,
      verdict: 'not-observed',
      explanation: expect.stringContaining(
        `went out in 2 shipments (${PARCEL} and ${PALLET}), and the return does not say in which of them it came: name`,
      ),
    });
  });

  it('weighs an excursion that is still open', async () => {
    const store = await open();
    await seedLedger(store);
    await store.db.insertInto('return_claim').values(claim('RET-2', 'melted')).execute();
    const body = {
      sensor: 'sht31d-44',
      quantity: 'temperature',
      side: 'above',
      limit: 25,
      extreme: 60,
      startedAt: exampleAt(27),
      endedAt: null,
    };
    await store.db
      .insertInto('excursion')
      .values({
        id: 'PI-1:x',
        device_id: 'PI-1',
        started_at: body.startedAt,
        ended_at: null,
        seq: 4,
        body: JSON.stringify(body),
      })
      .execute();
    const findings = createFindings({ store, clock: new ManualClock(EXAMPLE_START) });
    expect(await findings.findingOf('RET-2')).toMatchObject({
      verdict: 'transit-event',
      cause: { legId: 'LEG-4', shock: null, excursion: { extreme: 60 } },
    });
  });

  it('takes what a device recorded at a time that is only bounded for evidence of no leg and for no coverage', async () => {
    const store = await open();
    await seedLedger(store);
    await seedRecords(store);
    const bounded = { time_quality: 'bounded', earliest_at: exampleAt(-30) } as const;
    // As late as possible: long after the way.
    await store.db
      .updateTable('shock_event')
      .set({ ...bounded, impact_at: exampleAt(500) })
      .execute();
    await store.db
      .updateTable('coverage')
      .set({ ...bounded, ends_at: exampleAt(500) })
      .where('seq', '=', 100)
      .execute();
    const findings = createFindings({ store, clock: new ManualClock(EXAMPLE_START) });
    const finding = await findings.findingOf('RET-1');
    expect(finding).toMatchObject({
      verdict: 'undetermined',
      cause: null,
      undated: { shocks: [{ device: 'PI-1' }] },
    });
    expect(finding.method.assumptions.join()).toContain('it watched, at a time that is not known');
    await store.db
      .updateTable('shock_event')
      .set({ earliest_at: exampleAt(41) })
      .execute();
    expect((await findings.findingOf('RET-1')).undated).toBeUndefined();
  });

  it('says that there is no such return', async () => {
    const findings = createFindings({ store: await open(), clock: new ManualClock(EXAMPLE_START) });
    await expect(findings.findingOf('RET-9')).rejects.toMatchObject({ code: 'REST_NOT_FOUND' });
  });
});
