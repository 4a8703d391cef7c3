import { Socket } from 'node:net';
import { JostleError } from '@jostle/contracts';
import type { AgentStatus } from '../agent-status.ts';
import type { OutboxSummary } from '../outbox/outbox-summary.ts';
import { type AgentQuestion, agentSocketPath, isTooLong } from './agent-socket.ts';
import { type ScannedAddress, type ScanRow, scannedOf } from './bus-scan.ts';
import { readLines } from './lines.ts';
import type { GlanceFrame } from './sensor-questions.ts';

/** An agent answers within an event-loop turn; one that does not is hung. A scan waits for its hardware worker. */
const ANSWER_MS = 3_000;
const SCAN_ANSWER_MS = 8_000;
/** Frames come once a second; after so much silence the agent hangs. */
const FRAME_SILENCE_MS = 10_000;
/** A status is a few kB. */
const ANSWER_MAX = 1024 * 1024;

/** The status of the agent that has the data folder; null where none answers. */
export function askAgentAt(dataDir: string): Promise<AgentStatus | null> {
  return oneAnswer<AgentStatus>(dataDir, 'status', ANSWER_MS);
}

/** What the running agent has in its outbox; null where none answers. */
export function askOutboxAt(dataDir: string): Promise<OutboxSummary | null> {
  return oneAnswer<OutboxSummary>(dataDir, 'outbox', ANSWER_MS);
}

/** @throws JostleError EDGE_AGENT_ABSENT where the agent, or its hardware worker, does not answer */
export async function askScanAt(dataDir: string): Promise<ScannedAddress[]> {
  const rows = await oneAnswer<ScanRow[]>(dataDir, 'scan', SCAN_ANSWER_MS);
  if (rows !== null) return rows.map(scannedOf);
  throw new JostleError(
    'EDGE_AGENT_ABSENT',
    'The agent did not scan: its bus may hang. Look at `jostle-edge status` and at the log of the agent.',
  );
}

/**
 * Frames of the agent's own sampling, one a second, until the signal ends it or the agent stops.
 *
 * @throws JostleError EDGE_AGENT_ABSENT where the agent goes away while it is followed
 */
export async function* followAgentAt(dataDir: string, signal: AbortSignal): AsyncGenerator<GlanceFrame> {
  const frames: GlanceFrame[] = [];
  let isOver = signal.aborted;
  let wake = () => {};
  const socket = ask(dataDir, 'live', FRAME_SILENCE_MS, (line) => {
    const frame = parsed<GlanceFrame>(line);
    if (frame !== null) frames.push(frame);
    wake();
  });
  const leave = () => socket.destroy();
  signal.addEventListener('abort', leave, { once: true });
  socket.on('close', () => {
    isOver = true;
    wake();
  });
  try {
    for (;;) {
      const frame = frames.shift();
      if (frame !== undefined) yield frame;
      else if (isOver) break;
      else
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
    }
  } finally {
    signal.removeEventListener('abort', leave);
    socket.destroy();
  }
  if (!signal.aborted)
    throw new JostleError('EDGE_AGENT_ABSENT', 'The agent has stopped, or answers no more.');
}

function oneAnswer<T>(dataDir: string, question: AgentQuestion, silenceMs: number): Promise<T | null> {
  return new Promise((resolve) => {
    let answer: T | null = null;
    const socket = ask(dataDir, question, silenceMs, (line) => {
      answer ??= parsed<T>(line);
    });
    socket.on('close', () => resolve(answer));
  });
}

function ask(
  dataDir: string,
  question: AgentQuestion,
  silenceMs: number,
  take: (line: string) => void,
): Socket {
  const path = agentSocketPath(dataDir);
  const socket = new Socket();
  readLines(socket, ANSWER_MAX, take);
  socket.setTimeout(silenceMs, () => socket.destroy());
  // Nobody there, or a file that a dead agent left: `close` follows.
  socket.on('error', () => {});
  if (isTooLong(path)) return socket.destroy();
  socket.connect(path);
  socket.write(`{"ask":"${question}"}\n`);
  return socket;
}

function parsed<T>(answer: string): T | null {
  try {
    return JSON.parse(answer) as T;
  } catch {
    return null;
  }
}
