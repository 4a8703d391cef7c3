import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { AgentStatus } from '../agent-status.ts';
import type { OutboxSummary } from '../outbox/outbox-summary.ts';
import { askAgentAt, askOutboxAt, askScanAt, followAgentAt } from './agent-client.ts';
import { type AgentAnswers, agentSocketPath, answerAt } from './agent-socket.ts';
import type { GlanceFrame } from './sensor-questions.ts';

const log = pino({ level: 'silent' });
const STATUS: AgentStatus = {
  deviceId: 'BOX-A',
  version: '0.1.0',
  wallMs: 0,
  epoch: 'e',
  isConnected: true,
  backlog: 3,
  oldestMeasuredAt: null,
  storedPerDay: null,
  sensors: ['sht31d-44'],
  sensorStates: [],
  lastReceiptAt: null,
  clock: 'ntp',
  time: { bootNumber: 1, anchoredAt: 0, unsyncedMs: null },
  freeBytes: 1,
  hasBallast: true,
  unstored: 0,
};
const OUTBOX: OutboxSummary = {
  epoch: 'e',
  records: 3,
  kinds: { climate: 3 },
  firstSeq: 1,
  lastSeq: 3,
  oldestMeasuredAt: 0,
  lastMeasuredAt: 2,
  lastReceiptAt: null,
  faults: [],
};

function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-sock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

function answering(folder: string, change: Partial<AgentAnswers> = {}) {
  const followers = new Set<(frame: GlanceFrame) => void>();
  const answers: AgentAnswers = {
    status: () => STATUS,
    outbox: () => OUTBOX,
    scan: async () => [{ address: 0x44, kind: 'chip', chip: 'SHT3x' }],
    follow: (show) => {
      followers.add(show);
      return () => followers.delete(show);
    },
    ...change,
  };
  const socket = answerAt(agentSocketPath(folder), answers, log);
  onTestFinished(() => socket.close());
  const show = (frame: GlanceFrame) => {
    for (const follower of followers) follower(frame);
  };
  return { socket, followers, show };
}

/** All that the agent answers to what is written, until it hangs up. */
function converse(folder: string, written: string | null): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(agentSocketPath(folder));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk) => {
      answer += chunk;
    });
    socket.on('error', () => {});
    socket.on('close', () => resolve(answer));
    if (written === null) socket.end();
    else socket.write(written);
  });
}

test('whoever asks for the status gets it, and so does one who hangs up without a word', async () => {
  const folder = dataFolder();
  answering(folder);
  expect(await Promise.all([askAgentAt(folder), askAgentAt(folder)])).toEqual([STATUS, STATUS]);
  expect(JSON.parse(await converse(folder, null))).toEqual(STATUS);
});

test('the scan and the outbox are answered, too', async () => {
  const folder = dataFolder();
  answering(folder);
  expect(await askScanAt(folder)).toMatchObject([
    { address: 0x44, answer: { kind: 'chip', chip: { name: 'SHT3x' } } },
  ]);
  expect(await askOutboxAt(folder)).toEqual(OUTBOX);
});

test('a chip that only a newer agent knows is a stranger', async () => {
  const folder = dataFolder();
  answering(folder, { scan: async () => [{ address: 0x10, kind: 'chip', chip: 'XYZ1' }] });
  expect(await askScanAt(folder)).toEqual([{ address: 0x10, answer: { kind: 'stranger' } }]);
});

test('a hardware worker that does not scan is said so', async () => {
  const folder = dataFolder();
  answering(folder, { scan: async () => null });
  await expect(askScanAt(folder)).rejects.toThrow(/did not scan/);
});

test('who follows gets each frame until he leaves, and then nobody looks any more', async () => {
  const folder = dataFolder();
  const { followers, show } = answering(folder);
  const leaving = new AbortController();
  const seen: number[] = [];
  const following = (async () => {
    for await (const { atMs } of followAgentAt(folder, leaving.signal)) {
      seen.push(atMs);
      if (atMs === 2) leaving.abort();
      else show({ atMs: atMs + 1, glances: [] });
    }
  })();
  await expect.poll(() => followers.size).toBe(1);
  show({ atMs: 1, glances: [] });
  await following;
  expect(seen).toEqual([1, 2]);
  // That he has gone is found out with the next frame.
  await expect
    .poll(() => {
      show({ atMs: 3, glances: [] });
      return followers.size;
    })
    .toBe(0);
});

test('who follows an agent that stops is told', async () => {
  const folder = dataFolder();
  const { followers, socket } = answering(folder);
  const following = followAgentAt(folder, new AbortController().signal).next();
  await expect.poll(() => followers.size).toBe(1);
  socket.close();
  await expect(following).rejects.toThrow(/has stopped/);
  await expect.poll(() => followers.size).toBe(0);
});

test('one who follows and does not read is dropped', async () => {
  const folder = dataFolder();
  const { followers, show } = answering(folder);
  const idle = connect(agentSocketPath(folder));
  idle.on('error', () => {});
  onTestFinished(() => void idle.destroy());
  idle.pause();
  idle.write('{"ask":"live"}\n');
  await expect.poll(() => followers.size).toBe(1);
  const fault = 'x'.repeat(100_000);
  const glance = { kind: 'climate' as const, sensor: 's', reading: null, ageMs: null, fault };
  for (let atMs = 0; atMs < 20; atMs++)
    show({ atMs, glances: [{ ...glance, readEveryMs: 1, replies: 0, errors: 0 }] });
  await expect.poll(() => followers.size).toBe(0);
});

test.each([
  ['{"ask":"reboot"}\n', /Ask for status, scan, outbox or live/],
  ['hello\n', /Ask for status/],
  ['null\n', /Ask for status/],
  ['x'.repeat(300), /^$/],
  [`{"ask":"status"${' '.repeat(300)}}\n`, /^$/],
])('what is no question is refused: %j', async (written, answer) => {
  const folder = dataFolder();
  answering(folder);
  expect(await converse(folder, written)).toMatch(answer);
});

test('without an agent there is no answer', async () => {
  expect(await askAgentAt(dataFolder())).toBeNull();
});

test('an agent takes the place of a file that a dead one left', async () => {
  const folder = dataFolder();
  writeFileSync(agentSocketPath(folder), '');
  expect(await askAgentAt(folder)).toBeNull();
  answering(folder);
  expect(await askAgentAt(folder)).toEqual(STATUS);
});

test('a stopped agent answers no more, hangs up on all and leaves no file', async () => {
  const folder = dataFolder();
  const { socket } = answering(folder);
  const silent = connect(agentSocketPath(folder));
  const hungUp = new Promise((resolve) => silent.on('close', resolve));
  expect(await askAgentAt(folder)).toEqual(STATUS);
  socket.close();
  await hungUp;
  expect(await askAgentAt(folder)).toBeNull();
  expect(existsSync(agentSocketPath(folder))).toBe(false);
});

test('only the user and the group of the agent may ask', async () => {
  const folder = dataFolder();
  answering(folder);
  await askAgentAt(folder);
  expect(statSync(agentSocketPath(folder)).mode & 0o777).toBe(0o660);
});

test('what is not a status is no answer', async () => {
  const folder = dataFolder();
  const server = createServer((socket) => socket.end('hello\n')).listen(agentSocketPath(folder));
  onTestFinished(() => void server.close());
  expect(await askAgentAt(folder)).toBeNull();
});

test('an agent whose folder has too long a path for a socket works on without', async () => {
  const folder = join(dataFolder(), 'x'.repeat(200));
  mkdirSync(folder);
  answering(folder);
  expect(await askAgentAt(folder)).toBeNull();
});
