import { rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { AgentStatus } from '../agent.ts';

/** An agent answers within an event-loop turn; one that does not is hung. */
const ANSWER_MS = 3_000;
/** A status is a few kB. */
const ANSWER_BYTES_MAX = 1024 * 1024;

export interface AgentSocket {
  close(): void;
}

/** Where the agent of a data folder answers. */
export function agentSocketPath(dataDir: string): string {
  return join(dataDir, 'agent.sock');
}

/**
 * Answers each connection with the status as one line of JSON. Who may reach the folder may ask. To be called by the
 * owner of the outbox only: what lies at the path is then left over from an agent that died.
 */
export function answerAt(path: string, status: () => AgentStatus, log: Logger): AgentSocket {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', (error) => log.debug({ err: error.message }, 'asker has gone'));
    socket.write(`${JSON.stringify(status())}\n`);
    // Not `end`: an asker that never closes would keep a stopping agent alive.
    socket.destroySoon();
  });
  // Without the socket the agent still does its work.
  server.on('error', (error) => log.warn({ err: error.message }, 'questions cannot be answered'));
  server.listen(path);
  return { close: () => void server.close() };
}

/** The status of the agent that answers at the path; null where none does. */
export function askAgentAt(path: string): Promise<AgentStatus | null> {
  return new Promise((resolve) => {
    const socket = connect(path);
    let answer = '';
    socket.setEncoding('utf8');
    socket.setTimeout(ANSWER_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      answer += chunk;
      if (answer.length > ANSWER_BYTES_MAX) socket.destroy();
    });
    // Nobody there, or a file that a dead agent left: `close` follows.
    socket.on('error', () => {});
    socket.on('close', () => resolve(parsed(answer)));
  });
}

function parsed(answer: string): AgentStatus | null {
  try {
    return JSON.parse(answer) as AgentStatus;
  } catch {
    return null;
  }
}
