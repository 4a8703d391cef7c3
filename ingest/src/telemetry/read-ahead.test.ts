import { expect, it, onTestFinished } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { startWriter } from '../testing/idle-writer.ts';
import { submissionOf } from '../testing/messages.ts';
import { makeRecord } from '../testing/records.ts';
import { openTemporaryStore } from '../testing/stores.ts';
import { EmbeddedTelemetryStore } from './embedded-store.ts';

it('a writer whose next read fails ends the write that is under way before it does anything else', async () => {
  const { store, close } = await openTemporaryStore();
  onTestFinished(close);
  await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
  await new Inbox(store).commit([submissionOf([makeRecord(1, 'climate')])]);
  // Fails while a write is held.
  let isReadFailing = false;
  const db = new Proxy(store.db, {
    get(target, key) {
      if (key === 'selectFrom' && isReadFailing)
        return () => {
          isReadFailing = false;
          throw new Error('no connection');
        };
      const value = Reflect.get(target, key) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  const telemetry = new EmbeddedTelemetryStore(store);
  let underWay = 0;
  let most = 0;
  let writes = 0;
  let begin = () => {};
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const write: typeof telemetry.write = async (points) => {
    most = Math.max(most, ++underWay);
    if (++writes === 1) {
      isReadFailing = true;
      begin();
      await released;
    }
    underWay -= 1;
    return telemetry.write(points);
  };
  const held = Object.assign(Object.create(telemetry), { write });
  const { writer } = startWriter({ ...store, db }, held);
  await begun;
  let isStopped = false;
  const stopped = writer.stop().then(() => {
    isStopped = true;
  });
  await store.db.selectFrom('cursor').selectAll().execute();
  expect(isStopped).toBe(false);
  release();
  await stopped;
  expect(most).toBe(1);
});
