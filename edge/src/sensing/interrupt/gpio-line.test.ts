import { execFile } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { GpioLine } from './gpio-line.ts';
import type { InterruptListener } from './interrupt-line.ts';

const SYSTEM_PATH = '/usr/bin:/bin';

let folder: string;
let line: GpioLine | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gpio-line-'));
});
afterEach(() => {
  line?.close();
  line = undefined;
  rmSync(folder, { recursive: true });
});

/** A command of libgpiod that prints as the real one does. */
function command(name: string, script: string): void {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

/** Tools of version 1 whose watcher runs `script` with its arguments. */
function tools(script: string): void {
  command('gpiofind', '[ "$1" = GPIO17 ] && echo "gpiochip0 17"');
  command('gpiomon', `[ "$1" = --version ] && { echo "gpiomon (libgpiod) v1.6.3"; exit; }\n${script}`);
}

type Heard = { kind: keyof InterruptListener; detail?: string };

/** Listens to a line; `heard` resolves with the next thing that is heard. */
function listenTo(name: string): () => Promise<Heard> {
  const waiting: Heard[] = [];
  let wake = () => {};
  const hear = (heard: Heard) => {
    waiting.push(heard);
    wake();
  };
  line = new GpioLine(name, { PATH: `${folder}:${SYSTEM_PATH}` });
  line.listen({
    edge: () => hear({ kind: 'edge' }),
    lost: (detail) => hear({ kind: 'lost', detail }),
    found: () => hear({ kind: 'found' }),
  });
  return async () => {
    while (waiting.length === 0)
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    return waiting.shift() as Heard;
  };
}

it('hears each edge that gpiomon prints, and nothing else that it prints', async () => {
  tools(`echo "$@" > ${folder}/arguments
echo "17 100 500000000"; echo "a warning"; echo "17 100 520000000"; exec sleep 60`);
  const next = listenTo('GPIO17');
  expect(await next()).toEqual({ kind: 'edge' });
  expect(await next()).toEqual({ kind: 'edge' });
  const watched = readFileSync(join(folder, 'arguments'), 'utf8').trim();
  expect(watched).toBe('--rising-edge --line-buffered --format=%o %s %n gpiochip0 17');
});

it('starts gpiomon again when it has died, and says both', async () => {
  tools(`if [ -e ${folder}/died ]; then echo "17 2 0"; exec sleep 60; fi
touch ${folder}/died; echo "17 1 0"; echo "line busy" >&2; exit 3`);
  const next = listenTo('GPIO17');
  expect(await next()).toEqual({ kind: 'edge' });
  expect(await next()).toEqual({ kind: 'lost', detail: 'gpiomon ended (3) line busy' });
  expect(await next()).toEqual({ kind: 'found' });
  expect(await next()).toEqual({ kind: 'edge' });
});

it('says what is missing where there is no such line', async () => {
  tools('exit 1');
  expect(await listenTo('GPIO99')()).toEqual({
    kind: 'lost',
    detail: 'there is no GPIO line GPIO99: see gpioinfo',
  });
});

it('says what is missing where the tools are of no known kind', async () => {
  command('gpiomon', 'echo "gpiomon for something else"');
  const heard = await listenTo('GPIO17')();
  expect(heard).toEqual({ kind: 'lost', detail: 'gpiomon is not there: install the package gpiod' });
});

it('speaks version 2 as well, and ends its watcher when it is closed', async () => {
  command(
    'gpiomon',
    `[ "$1" = --version ] && { echo "gpiomon (libgpiod) v2.2.1"; exit; }
echo $$ > ${folder}/pid
echo "17 100.500000000"; exec sleep 60`,
  );
  const next = listenTo('GPIO17');
  expect(await next()).toEqual({ kind: 'edge' });
  const pid = readFileSync(join(folder, 'pid'), 'utf8').trim();
  expect(existsSync(`/proc/${pid}`)).toBe(true);
  line?.close();
  // tail returns when the process has gone.
  await promisify(execFile)('tail', [`--pid=${pid}`, '-f', '/dev/null'], { timeout: 10_000 });
});
