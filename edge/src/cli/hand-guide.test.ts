import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { HandGuide } from './hand-guide.ts';

function guided(journey: string | null, isTTY = false) {
  const source = new PassThrough();
  let written = '';
  let passedMs = 0;
  const output = { isTTY, write: (text: string) => (written += text) };
  const pass = async (ms: number) => {
    passedMs += ms;
  };
  return {
    source,
    guide: new HandGuide({ journey, pass }, output, source),
    written: () => written,
    passedMs: () => passedMs,
  };
}

test('on a device each step waits for its own Enter', async () => {
  const { guide, source, written } = guided(null);
  let steps = 0;
  const base = guide.lay('base', 1, 6).then(() => steps++);
  source.write('\n');
  await base;
  const top = guide.lay('top', 2, 6).then(() => steps++);
  await new Promise((resolve) => setImmediate(resolve));
  expect(steps).toBe(1);
  source.write('\n');
  await top;
  guide.close();
  expect(written()).toContain('1 of 6  Lay the device on its base');
  expect(written()).toContain('2 of 6  Lay the device on its top');
});

test('an input that ends breaks the calibration off by its code', async () => {
  const { guide, source } = guided(null);
  source.end();
  await expect(guide.lay('base', 1, 1)).rejects.toMatchObject({ code: 'EDGE_CALIBRATION_BROKEN_OFF' });
});

test('on a simulated device the step is done by time, and nothing is read', async () => {
  const { guide, source, passedMs } = guided('calibrate');
  await guide.lay('base', 1, 1);
  expect(passedMs()).toBe(3000);
  expect(source.listenerCount('data')).toBe(0);
});

test('the bar is for terminals only', () => {
  const terminal = guided('calibrate', true);
  terminal.guide.progress(0.5);
  expect(terminal.written()).toContain(`${'█'.repeat(15)}${'·'.repeat(15)}`);
  const file = guided('calibrate');
  file.guide.progress(0.5);
  expect(file.written()).toBe('');
});
