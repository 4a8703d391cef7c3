import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** What a process did to its files, and what it said meanwhile, in order. */
export type Operation =
  | { kind: 'write'; path: string; at: number; bytes: Buffer }
  | { kind: 'truncate'; path: string; size: number }
  | { kind: 'create'; path: string }
  | { kind: 'unlink'; path: string }
  | { kind: 'sync'; path: string }
  | { kind: 'rename'; path: string; to: string }
  | { kind: 'said'; line: string };

const CALLS = 'openat,close,write,pwrite64,ftruncate,fsync,fdatasync,unlink,rename';
/** No write of the outbox is longer. */
const BYTES_SHOWN = 70_000;

/**
 * Runs Node under strace.
 *
 * @param args of Node
 * @param trace file for what strace writes
 * @throws Error where strace is missing or may not trace
 */
export async function traceNode(args: readonly string[], trace: string): Promise<void> {
  const options = [
    '-xx',
    '-s',
    String(BYTES_SHOWN),
    '-e',
    `trace=${CALLS}`,
    '-e',
    'signal=none',
    '-o',
    trace,
  ];
  const child = spawn('strace', [...options, process.execPath, ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString();
  });
  const [code] = await once(child, 'exit').catch((error: Error) => {
    complaint = error.message;
    return [-1];
  });
  if (code === 0) return;
  throw new Error(
    `power cuts need strace with the right to trace (apt-get install strace; in a container --cap-add SYS_PTRACE): ${complaint.slice(-500)}`,
  );
}

/** Reads a trace, without what does not concern files of the folder. */
export async function readTrace(trace: string, folder: string): Promise<Operation[]> {
  const operations: Operation[] = [];
  // Keyed by descriptor.
  const paths = new Map<number, string>();
  const isOurs = (path: string) => path === folder || path.startsWith(`${folder}/`);
  for await (const line of createInterface({ input: createReadStream(trace), crlfDelay: Infinity })) {
    const call = /^(\w+)\((.*)\)\s+= (\d+)$/.exec(line);
    if (call === null) continue;
    const [, name, given = '', result] = call;
    const [texts, numbers] = argumentsOf(given);
    const path = paths.get(numbers[0] ?? -1);
    const [first] = texts;
    if (name === 'openat' && first !== undefined) {
      const opened = first.toString();
      if (!isOurs(opened)) continue;
      paths.set(Number(result), opened);
      if (given.includes('O_CREAT')) operations.push({ kind: 'create', path: opened });
    } else if (name === 'close') paths.delete(numbers[0] ?? -1);
    else if (name === 'write' && numbers[0] === 1 && first !== undefined)
      operations.push({ kind: 'said', line: first.toString().trim() });
    else if (name === 'unlink' && first !== undefined && isOurs(first.toString()))
      operations.push({ kind: 'unlink', path: first.toString() });
    else if (name === 'rename' && first !== undefined && isOurs(first.toString()))
      operations.push({ kind: 'rename', path: first.toString(), to: texts[1]?.toString() ?? '' });
    else if (path === undefined) continue;
    else if (name === 'pwrite64' && first !== undefined)
      operations.push({ kind: 'write', path, at: numbers[2] ?? 0, bytes: first });
    else if (name === 'ftruncate') operations.push({ kind: 'truncate', path, size: numbers[1] ?? 0 });
    else if (name === 'fsync' || name === 'fdatasync') operations.push({ kind: 'sync', path });
  }
  return operations;
}

/** The texts and the numbers among the arguments of a call; every byte of a text is written as `\xNN`. */
function argumentsOf(given: string): [texts: Buffer[], numbers: number[]] {
  const texts = [...given.matchAll(/"([^"]*)"/g)].map(([, text = '']) =>
    Buffer.from(text.replaceAll('\\x', ''), 'hex'),
  );
  const numbers = given
    .replaceAll(/"[^"]*"/g, '')
    .split(', ')
    .filter((part) => /^\d+$/.test(part))
    .map(Number);
  return [texts, numbers];
}
