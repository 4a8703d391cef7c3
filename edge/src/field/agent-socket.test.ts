import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import type { AgentStatus } from '../agent.ts';
import { agentSocketPath, answerAt, askAgentAt } from './agent-socket.ts';

const log = pino({ level: 'silent' });
const STATUS: AgentStatus = {
  deviceId: 'BOX-A',
  epoch: 'e',
  isConnected: true,
  backlog: 3,
  sensors: ['sht31d-44'],
  sensorStates: [],
  lastReceiptAt: null,
  clock: 'ntp',
  time: { bootNumber: 1, anchoredAt: 0, unsyncedMs: null },
  freeBytes: 1,
};

function socketPath(): string {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-sock-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return agentSocketPath(folder);
}

function answering(path: string) {
  const socket = answerAt(path, () => STATUS, log);
  onTestFinished(() => socket.close());
  return socket;
}

test('whoever connects gets the status', async () => {
  const path = socketPath();
  answering(path);
  expect(await askAgentAt(path)).toEqual(STATUS);
  expect(await Promise.all([askAgentAt(path), askAgentAt(path)])).toEqual([STATUS, STATUS]);
});

test('without an agent there is no answer', async () => {
  expect(await askAgentAt(socketPath())).toBeNull();
});

test('an agent takes the place of a file that a dead one left', async () => {
  const path = socketPath();
  writeFileSync(path, '');
  expect(await askAgentAt(path)).toBeNull();
  answering(path);
  expect(await askAgentAt(path)).toEqual(STATUS);
});

test('a stopped agent answers no more and leaves no file', async () => {
  const path = socketPath();
  const socket = answering(path);
  await askAgentAt(path);
  socket.close();
  expect(await askAgentAt(path)).toBeNull();
  expect(existsSync(path)).toBe(false);
});

test('an asker that only connects is let go of at once', async () => {
  const path = socketPath();
  answering(path);
  const idle = connect({ path, allowHalfOpen: true });
  idle.resume();
  await new Promise((resolve) => idle.once('end', resolve));
  idle.destroy();
});

test('what is not a status is no answer', async () => {
  const path = socketPath();
  const server = createServer((socket) => socket.end('hello\n')).listen(path);
  onTestFinished(() => void server.close());
  expect(await askAgentAt(path)).toBeNull();
});

test('an agent whose folder has too long a path for a socket works on without', async () => {
  const path = join(socketPath(), 'x'.repeat(200));
  answering(path);
  expect(await askAgentAt(path)).toBeNull();
});
