import { ManualClock, type RecordDraft } from '@jostle/contracts';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { type SensingAnswer, SensingSupervisor } from './sensing-supervisor.ts';

const BOOT = '11111111-1111-4111-8111-111111111111';
const log = pino({ level: 'silent' });

/** Hardware workers in a line each; they run in real threads. */
const worker = (body: string) =>
  new URL(
    `data:text/javascript,${encodeURIComponent(
      `import { parentPort, workerData } from 'node:worker_threads'; const send = (m) => parentPort.postMessage(m); ${body}`,
    )}`,
  );

interface Taken {
  draft: RecordDraft;
  bootId: string;
}

function supervise(workerUrl: URL, workerData: () => unknown = () => ({})) {
  const taken: Taken[] = [];
  const answers: SensingAnswer[] = [];
  const waits: { fits: () => boolean; done: () => void }[] = [];
  const clock = new ManualClock(1_800_000_000_000);
  const supervisor = new SensingSupervisor({
    workerUrl,
    workerData,
    bootId: BOOT,
    clock,
    log,
    ready: () => {},
    answered: (answer) => answers.push(answer),
    records: (drafts, bootId) => {
      taken.push(...drafts.map((draft) => ({ draft, bootId })));
      for (const { fits, done } of waits) if (fits()) done();
    },
  });
  onTestFinished(() => supervisor.stop());
  const until = (fits: () => boolean) =>
    fits() ? Promise.resolve() : new Promise<void>((done) => void waits.push({ fits, done }));
  return { supervisor, taken, answers, clock, until };
}

const DRAFT = `{ kind: 'climate', measuredAt: workerData.n ?? 0, monotonicMs: 0, clockQuality: 'ntp', body: { sensor: 's', ageMs: 0 } }`;
const faults = (taken: readonly Taken[]) =>
  taken.flatMap(({ draft }) => (draft.kind === 'fault' ? [draft.body.isRaised] : []));

test('what a worker measured before its stop is taken, and its sensors are known', async () => {
  const { supervisor, taken, until } = supervise(
    worker(`
      send({ type: 'ready', sensors: ['sht31d-44'] });
      send({ type: 'records', drafts: [${DRAFT}] });
      parentPort.on('message', () => {
        send({ type: 'records', drafts: [${DRAFT}] });
        send({ type: 'stopped' });
      });`),
  );
  await until(() => taken.length === 1);
  expect(supervisor.sensors).toEqual(['sht31d-44']);
  await supervisor.stop();
  expect(taken).toHaveLength(2);
  expect(taken.map(({ bootId }) => bootId)).toEqual([BOOT, BOOT]);
});

test('a worker that dies is started again, and the fault is recorded and lowered', async () => {
  let starts = 0;
  const { taken, until } = supervise(
    worker(`
      send({ type: 'ready', sensors: [] });
      send({ type: 'records', drafts: [${DRAFT}] });
      if (workerData.n === 1) process.exit(3); else parentPort.on('message', () => process.exit(0));`),
    () => ({ n: ++starts }),
  );
  await until(() => taken.filter(({ draft }) => draft.kind === 'climate').length === 2);
  const measured = taken.filter(({ draft }) => draft.kind === 'climate');
  expect(measured.map(({ draft }) => draft.measuredAt)).toEqual([1, 2]);
  expect(new Set(taken.map(({ bootId }) => bootId))).toEqual(new Set([BOOT]));
  expect(faults(taken)).toEqual([true, false]);
});

test('the silence of a worker counts from its last word, and not after it has told why it ended', async () => {
  const { supervisor, taken, clock, until } = supervise(
    worker(`
      send({ type: 'records', drafts: [${DRAFT}] });
      setTimeout(() => process.exit(3), 50);`),
  );
  clock.advance(1_500);
  expect(supervisor.silenceMs).toBe(1_500);
  await until(() => taken.length > 0);
  expect(supervisor.silenceMs).toBe(0);
  await until(() => faults(taken).includes(true));
  expect(supervisor.silenceMs).toBeNull();
});

test('a worker with a clock of its own names the boot of its records, and of no others', async () => {
  let starts = 0;
  const { taken, until } = supervise(
    worker(`
      send({ type: 'boot', bootId: 'boot-' + workerData.n });
      send({ type: 'ready', sensors: [] });
      send({ type: 'records', drafts: [${DRAFT}] });
      if (workerData.n === 1) process.exit(3); else parentPort.on('message', () => process.exit(0));`),
    () => ({ n: ++starts }),
  );
  await until(() => taken.filter(({ draft }) => draft.kind === 'climate').length === 2);
  const bootsOf = (kind: string) =>
    taken.filter(({ draft }) => draft.kind === kind).map(({ bootId }) => bootId);
  expect(bootsOf('climate')).toEqual(['boot-1', 'boot-2']);
  expect(bootsOf('fault')).toEqual([BOOT, BOOT]);
});

test('a worker without a heartbeat for 10 s is ended and started again', async () => {
  let starts = 0;
  const { supervisor, taken, clock, until } = supervise(
    worker(`
      send({ type: 'ready', sensors: [] });
      send({ type: 'records', drafts: [${DRAFT}] });
      if (workerData.n === 1) for (;;); else parentPort.on('message', () => process.exit(0));`),
    () => ({ n: ++starts }),
  );
  await until(() => taken.length === 1);
  clock.advance(10_000);
  expect(supervisor.silenceMs).toBe(10_000);
  await until(() => faults(taken).includes(false));
  expect(supervisor.silenceMs).toBe(0);
  expect(starts).toBe(2);
  expect(faults(taken)).toEqual([true, false]);
});

test('a worker that does not answer the stop is ended all the same', async () => {
  const { supervisor, taken, until } = supervise(
    worker(`send({ type: 'records', drafts: [${DRAFT}] }); parentPort.on('message', () => {});`),
  );
  await until(() => taken.length === 1);
  await supervisor.stop();
  expect(faults(taken)).toEqual([]);
});

test('a question goes to the worker, and what it answers is handed on', async () => {
  const { supervisor, taken, answers, until } = supervise(
    worker(`
      send({ type: 'records', drafts: [${DRAFT}] });
      parentPort.on('message', ({ type }) => {
        if (type === 'stop') process.exit(0);
        send({ type: 'scanned', rows: [] });
        send({ type: 'records', drafts: [${DRAFT}] });
      });`),
  );
  await until(() => taken.length === 1);
  supervisor.tell({ type: 'scan' });
  await until(() => taken.length === 2);
  expect(answers).toEqual([{ type: 'scanned', rows: [] }]);
});

test('a worker whose bus hangs is ended though it goes on to answer looks', async () => {
  let starts = 0;
  const { supervisor, taken, clock, until } = supervise(
    worker(`
      send({ type: 'ready', sensors: [] });
      send({ type: 'records', drafts: [${DRAFT}] });
      parentPort.on('message', ({ type }) => {
        if (type === 'stop') process.exit(0);
        send({ type: 'glances', atMs: 0, glances: [] });
      });`),
    () => ({ n: ++starts }),
  );
  await until(() => taken.length === 1);
  for (let second = 0; second < 10; second++) {
    supervisor.tell({ type: 'glance' });
    clock.advance(1000);
  }
  await until(() => faults(taken).includes(false));
  expect(faults(taken)).toEqual([true, false]);
});
