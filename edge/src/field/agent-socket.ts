import { chmodSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentStatus } from '../agent-status.ts';
import type { OutboxSummary } from '../outbox/outbox-summary.ts';
import type { ScanRow } from './bus-scan.ts';
import { readLines } from './lines.ts';
import type { GlanceFrame } from './sensor-questions.ts';

/** A question is a word in braces; one that takes longer to be asked is no question. */
const QUESTION_MS = 3_000;
const QUESTION_MAX = 256;
/** Field techs are few: a loop that forgets to hang up must not use up the agent's files. */
const ASKERS_MAX = 16;
/** Some minutes of frames: whoever leaves them lying is not looking. */
const UNREAD_BYTES_MAX = 256 * 1024;

/** What may be asked: one line `{"ask":"…"}`; the answer is one line, of `live` one a second until the asker leaves. */
export type AgentQuestion = 'status' | 'scan' | 'outbox' | 'live';

/** What the agent has to say. */
export interface AgentAnswers {
  status(): AgentStatus;
  outbox(): OutboxSummary;
  /** Null where the hardware worker does not answer. */
  scan(): Promise<ScanRow[] | null>;
  /** Calls back once a second until the function is called that it returns. */
  follow(show: (frame: GlanceFrame) => void): () => void;
}

export interface AgentSocket {
  /** Lets go of every asker. */
  close(): void;
}

/** Where the agent of a data folder answers. */
export function agentSocketPath(dataDir: string): string {
  return join(dataDir, 'agent.sock');
}

/**
 * Answers on a unix socket for the agent's user and group; the folder around it may close it further. A connection that
 * ends without a question gets the status. To be called by the owner of the outbox only: what lies at the path is then
 * left over from an agent that died.
 */
export function answerAt(path: string, answers: AgentAnswers, log: Logger): AgentSocket {
  rmSync(path, { force: true });
  const askers = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    askers.add(socket);
    socket.on('close', () => askers.delete(socket));
    socket.on('error', (error) => log.debug({ err: error.message }, 'asker has gone'));
    answerOne(socket, answers, log);
  });
  server.maxConnections = ASKERS_MAX;
  // Without the socket the agent still does its work.
  server.on('error', (error) => log.warn({ err: error.message }, 'questions cannot be answered'));
  if (isTooLong(path)) log.warn({ path }, 'the path is too long for a socket; questions cannot be answered');
  else server.listen(path, () => openToGroup(path, log));
  return {
    close: () => {
      server.close();
      for (const socket of askers) socket.destroy();
    },
  };
}

/** What is longer is cut off without a word, and would be a socket somewhere else (unix(7), sun_path with its NUL). */
export function isTooLong(path: string): boolean {
  return Buffer.byteLength(path) > 107;
}

function openToGroup(path: string, log: Logger): void {
  try {
    chmodSync(path, 0o660);
  } catch (error) {
    log.warn({ err: error }, 'only the own user can ask');
  }
}

function answerOne(socket: Socket, answers: AgentAnswers, log: Logger): void {
  let isAnswered = false;
  const timer = setTimeout(() => socket.destroy(), QUESTION_MS);
  socket.on('close', () => clearTimeout(timer));
  const take = (line: string) => {
    if (isAnswered) return;
    isAnswered = true;
    clearTimeout(timer);
    void answer(socket, questionIn(line), answers).catch((error: unknown) => {
      log.error({ err: error }, 'a question could not be answered');
      socket.destroy();
    });
  };
  readLines(socket, QUESTION_MAX, take);
  socket.on('end', () => take('{"ask":"status"}'));
}

async function answer(socket: Socket, question: unknown, answers: AgentAnswers): Promise<void> {
  if (question === 'live') {
    const leave = answers.follow((frame) => {
      if (socket.writableLength > UNREAD_BYTES_MAX) socket.destroy();
      else writeLine(socket, frame);
    });
    socket.on('close', leave);
    return;
  }
  if (question === 'status') writeLine(socket, answers.status());
  else if (question === 'outbox') writeLine(socket, answers.outbox());
  else if (question === 'scan') writeLine(socket, await answers.scan());
  else writeLine(socket, { error: 'Ask for status, scan, outbox or live, as {"ask":"status"}.' });
  // Not `end`: an asker that never closes would keep a stopping agent alive.
  socket.destroySoon();
}

function writeLine(socket: Socket, value: unknown): void {
  socket.write(`${JSON.stringify(value)}\n`);
}

function questionIn(line: string): unknown {
  try {
    return (JSON.parse(line) as { ask?: unknown } | null)?.ask;
  } catch {
    return undefined;
  }
}
