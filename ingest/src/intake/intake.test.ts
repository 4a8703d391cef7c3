import { deviceTopic, encodeUpMessage } from '@jostle/contracts';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import type { Submission } from '../inbox/submission.ts';
import type { Store } from '../store/store.ts';
import { EPOCH, makeRecord, START_MS } from '../testing/records.ts';
import { storedRecords } from '../testing/stored-records.ts';
import { onEachStore } from '../testing/stores.ts';
import type { DeliveredPacket, LinkEvents } from './broker-link.ts';
import { Intake } from './intake.ts';

let store: Store;
let intake: Intake | undefined;

/** The broker as a test plays it: `log` holds acknowledgements, receipts and departures in their order. */
function startIntake(commit: (inbox: Inbox, batch: readonly Submission[]) => ReturnType<Inbox['commit']>) {
  const log: string[] = [];
  const warned: unknown[] = [];
  let events: LinkEvents | undefined;
  const inbox = new Inbox(store);
  intake = new Intake({
    openLink: (given) => {
      events = given;
      return {
        isConnected: true,
        acknowledge: (packets) => {
          for (const packet of packets) log.push(`ack ${sent.get(packet)}`);
        },
        publish: (_, payload) => log.push(`receipt ${JSON.parse(payload).upTo}`),
        suspend: () => log.push('suspend'),
        resume: () => {},
        read: () => {},
        close: async () => {
          log.push('close');
        },
      };
    },
    inbox: { commit: (batch) => commit(inbox, batch) },
    random: () => 0,
    log: pino({ level: 'warn' }, { write: (line: string) => warned.push(JSON.parse(line).code) }),
    onCommit: (report) => log.push(`stored ${report.stored}`),
  });
  // The seq of what was delivered.
  const sent = new Map<DeliveredPacket, number>();
  const deliver = (seq: number, payload?: string) => {
    const message = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 99 }, [makeRecord(seq, 'climate')]);
    const packet: DeliveredPacket = {
      topic: deviceTopic('DEV-1', 'up'),
      payload: Buffer.from(payload ?? JSON.stringify(message)),
      receivedAt: START_MS,
    };
    sent.set(packet, seq);
    return events?.deliver(packet);
  };
  return { intake, log, warned, deliver };
}

onEachStore('intake', (open) => {
  beforeEach(async () => {
    store = await open();
    await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  });
  afterEach(async () => {
    await intake?.stop();
    intake = undefined;
  });

  it('acknowledges in the order of arrival, then publishes the receipt, both after the commit', async () => {
    let committed = 0;
    const { log, deliver, intake } = startIntake(async (inbox, batch) => {
      const report = await inbox.commit(batch);
      committed = (await storedRecords(store)).length;
      expect(log).toEqual([]);
      return report;
    });
    for (const seq of [1, 2, 3]) expect(deliver(seq)).toBe('room');
    await intake.stop();
    expect(committed).toBe(3);
    expect(log).toEqual(['ack 1', 'ack 2', 'ack 3', 'receipt 3', 'stored 3', 'close']);
  });

  it('acknowledges nothing while the store fails, and the same packets once it commits', async () => {
    let attempts = 0;
    const { log, deliver } = startIntake(async (inbox, batch) => {
      attempts += 1;
      if (attempts <= 2) throw new Error('disk full');
      return inbox.commit(batch);
    });
    deliver(1);
    await expect.poll(() => log).toEqual(['ack 1', 'receipt 1', 'stored 1']);
    expect(attempts).toBe(3);
  });

  it('leaves the broker when the store goes on failing, and shows it in its state', async () => {
    const { log, deliver, intake } = startIntake(async () => {
      throw new Error('disk full');
    });
    deliver(1);
    await expect.poll(() => log).toEqual(['suspend']);
    expect(intake.state).toMatchObject({ storeFailures: 6, waiting: 0 });
    await intake.stop();
    expect(log).toEqual(['suspend', 'close']);
  });

  it('puts a message that the store can never take into quarantine and stores its neighbours', async () => {
    const poison = (batch: readonly Submission[]) =>
      batch.some((s) => s.kind === 'run' && s.records.some((record) => record.seq === 2));
    const { log, deliver, intake } = startIntake(async (inbox, batch) => {
      if (poison(batch)) throw Object.assign(new Error('value out of range'), { code: '22003' });
      return inbox.commit(batch);
    });
    for (const seq of [1, 2, 3]) deliver(seq);
    await intake.stop();
    expect(log.filter((line) => line.startsWith('ack'))).toEqual(['ack 1', 'ack 2', 'ack 3']);
    expect(log).toContain('stored 2');
    const rows = await store.db.selectFrom('quarantine').select(['code', 'seq']).execute();
    expect(rows).toEqual([{ code: 'INGEST_MESSAGE_MALFORMED', seq: 2 }]);
  });

  it('says once that the quarantine is full', async () => {
    const { log, warned, deliver } = startIntake(async (inbox, batch) => ({
      ...(await inbox.commit(batch)),
      overflow: 2,
    }));
    for (const seq of [1, 2]) {
      deliver(seq);
      await expect.poll(() => log).toContain(`receipt ${seq}`);
    }
    expect(warned).toEqual(['INGEST_QUARANTINE_FULL']);
  });

  it('takes no more into a batch than it can keep of what is unreadable', async () => {
    const kept: number[] = [];
    const { deliver, intake } = startIntake(async (inbox, batch) => {
      const rejects = batch.flatMap((submission) => (submission.kind === 'run' ? submission.rejects : []));
      kept.push(rejects.reduce((sum, { raw }) => sum + raw.length, 0));
      return inbox.commit(batch);
    });
    const zeros = new Array<number>(1000).fill(0);
    const empty = encodeUpMessage(EPOCH, { minSeq: 1, maxSeq: 99 }, [makeRecord(1, 'climate')]);
    // Each record lacks its body, and of each a message of its own is kept.
    const payload = (seq: number) => JSON.stringify({ ...empty, seq, at: zeros, mono: zeros, climate: [] });
    for (let i = 0; i < 24; i++) deliver(i, payload(1 + i * 1000));
    await intake.stop();
    const inAll = kept.reduce((sum, bytes) => sum + bytes, 0);
    expect(inAll).toBeGreaterThan(4 * 1024 * 1024);
    // The last message of a batch may reach beyond.
    expect(Math.max(...kept)).toBeLessThan(2 * 1024 * 1024 + inAll / 24 + 1024);
  });

  it('says full when its window is full', async () => {
    let release = () => {};
    const { deliver, intake } = startIntake(async (inbox, batch) => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      return inbox.commit(batch);
    });
    const answers = Array.from({ length: 2000 }, (_, i) => deliver(i + 1));
    expect(answers.indexOf('full')).toBe(1999);
    const stopped = intake.stop();
    const releasing = setInterval(() => release(), 5);
    await stopped;
    clearInterval(releasing);
    expect(await storedRecords(store)).toHaveLength(2000);
  });
});
