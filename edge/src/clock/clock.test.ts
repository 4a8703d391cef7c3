import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SystemClock } from './clock.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jostle-clock-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

describe('SystemClock', () => {
  it.each([
    { files: {}, quality: 'none' },
    { files: { rtc: '0\n' }, quality: 'none' },
    { files: { rtc: '1\n' }, quality: 'rtc' },
    { files: { synchronised: '' }, quality: 'ntp' },
    { files: { synchronised: '', rtc: '1\n' }, quality: 'ntp' },
  ])('trusts the wall clock as $quality with $files', ({ files, quality }) => {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    expect(new SystemClock(join(folder, 'synchronised'), join(folder, 'rtc')).quality()).toBe(quality);
  });

  it('never steps back', () => {
    const clock = new SystemClock();
    let last = clock.monotonicMs();
    for (let i = 0; i < 1000; i++) {
      const now = clock.monotonicMs();
      expect(now).toBeGreaterThanOrEqual(last);
      last = now;
    }
  });
});
