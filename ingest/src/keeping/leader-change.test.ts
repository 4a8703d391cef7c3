import { once } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import { Inbox } from '../inbox/inbox.ts';
import { openStore } from '../store/store.ts';
import { spawnMain } from '../testing/main-process.ts';
import { submissionOf } from '../testing/messages.ts';
import { startPostgres } from '../testing/postgres.ts';
import { makeRecord } from '../testing/records.ts';
import { describeWithServer, freePort } from '../testing/servers.ts';

interface Standing {
  parts: { part: string; detail: string }[];
}

describeWithServer('postgres', 'two ingests on one database', () => {
  it('have one that writes the curves, and the other one goes on when it is killed', {
    timeout: 120_000,
  }, async () => {
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const databaseUrl = await postgres.createDatabase();
    const store = await openStore({ databaseUrl });
    onTestFinished(() => store.close());
    await store.db.insertInto('device').values({ id: 'DEV-1', name: 'One' }).execute();
    const mqttUrl = `mqtt://127.0.0.1:${await freePort()}`;
    const start = async () => {
      const { child, output } = spawnMain({ DATABASE_URL: databaseUrl, MQTT_URL: mqttUrl, HTTP_PORT: '0' });
      onTestFinished(() => void child.kill('SIGKILL'));
      const [ready] = (await once(child, 'message')) as [{ port: number }];
      const isWriting = async () => {
        const answer = await fetch(`http://127.0.0.1:${ready.port}/readyz`);
        const { parts } = (await answer.json()) as Standing;
        return parts.find(({ part }) => part === 'telemetry')?.detail === 'writes';
      };
      return { child, output, isWriting };
    };
    const first = await start();
    await expect.poll(first.isWriting).toBe(true);
    const second = await start();
    expect([await first.isWriting(), await second.isWriting()]).toEqual([true, false]);

    const receive = async (seq: number) =>
      new Inbox(store).commit([submissionOf([makeRecord(seq, 'climate')])]);
    const curve = async () =>
      (await store.db.selectFrom('telemetry_climate').select('point_ns').execute()).length;
    await receive(1);
    await expect.poll(curve).toBe(1);
    first.child.kill('SIGKILL');
    await receive(3);
    await expect.poll(second.isWriting).toBe(true);
    await expect.poll(curve).toBe(2);
    expect(second.output()).toContain('this process leads');
  });
});
