import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@jostle/contracts';
import { reportToServiceManager } from '@jostle/edge/health';
import { pino } from 'pino';
import { expect, onTestFinished, test } from 'vitest';
import { receiveNotifications } from '../support/notify-receiver.ts';
import { describeUnlessMissing, missingProgram } from '../support/requirements.ts';

/** What systemd hears of an agent: its own `systemd-notify`, and a socket like the one that it listens on. */

const log = pino({ level: 'silent' });
const WATCHDOG_MS = 300;

async function listen() {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-notify-'));
  const path = join(folder, 'notify');
  const receiver = await receiveNotifications(path);
  onTestFinished(async () => {
    await receiver.stop();
    rmSync(folder, { recursive: true });
  });
  return { path, receiver };
}

const missing = missingProgram({ 'systemd-notify': 'systemd', python3: 'python3' });

describeUnlessMissing(missing, 'an agent under systemd', () => {
  test('says when it has started, that it lives, and when it stops', async () => {
    const { path, receiver } = await listen();
    const report = reportToServiceManager({
      manager: { notifySocket: path, watchdogMs: WATCHDOG_MS },
      health: () => ({ workerSilenceMs: 0, isOutboxWritable: true }),
      summary: () => 'connected, 3 records without a receipt',
      clock: new ManualClock(0),
      log,
    });
    await receiver.until((all) => all.filter((text) => text.startsWith('WATCHDOG=1')).length >= 2);
    await report.stopping();
    await receiver.until((all) => all.some((text) => text.startsWith('STOPPING=1')));
    const said = receiver.datagrams.filter((text) => !text.startsWith('BARRIER'));
    expect(said[0]).toBe('READY=1\nSTATUS=connected, 3 records without a receipt');
    expect(said[1]).toBe('WATCHDOG=1\nSTATUS=connected, 3 records without a receipt');
    expect(said.at(-1)).toBe('STOPPING=1');
  });

  test('gives no sign of life while it is not well, says why, and lives on when it is well again', async () => {
    const { path, receiver } = await listen();
    let health = { workerSilenceMs: 42_000, isOutboxWritable: false };
    const report = reportToServiceManager({
      manager: { notifySocket: path, watchdogMs: WATCHDOG_MS },
      health: () => health,
      summary: () => 'connected',
      clock: new ManualClock(0),
      log,
    });
    onTestFinished(() => report.stopping());
    const reason = 'STATUS=not well: hardware worker silent for 42 s, outbox cannot be written';
    await receiver.until((all) => all.filter((text) => text === reason).length >= 2);
    expect(receiver.datagrams.some((text) => text.includes('WATCHDOG=1'))).toBe(false);
    health = { workerSilenceMs: 0, isOutboxWritable: false };
    await receiver.until((all) => all.includes('STATUS=not well: outbox cannot be written'));
    health = { workerSilenceMs: 0, isOutboxWritable: true };
    await receiver.until((all) => all.includes('WATCHDOG=1\nSTATUS=connected'));
  });
});
