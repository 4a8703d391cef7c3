import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ScriptedTransport } from '../io/testing/scripted-transport.ts';
import type { FromSensing } from './protocol.ts';
import { DEFAULT_SENSING } from './sensing-config.ts';
import { startSensing } from './start-sensing.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Answers nothing from some moment on, without failing either. */
class HangingTransport extends ScriptedTransport {
  isHanging = false;

  override writeRead(address: number, register: Uint8Array, length: number): Promise<Uint8Array> {
    return this.isHanging ? new Promise(() => {}) : super.writeRead(address, register, length);
  }
}

it('gives the bus no turn while a transaction hangs', async () => {
  const transport = new HangingTransport((t) => (t === 'r00/1' ? [0xe5] : [0]));
  const sensing = await startSensing({
    transport,
    clock: new ManualClock(0),
    sensors: { ...DEFAULT_SENSING, climate: [] },
    emit: () => {},
  });
  await expect(sensing.busTurn()).resolves.toBeUndefined();
  transport.isHanging = true;
  await vi.advanceTimersByTimeAsync(15);
  let hadTurn = false;
  void sensing.busTurn().then(() => {
    hadTurn = true;
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(hadTurn).toBe(false);
});

it('starts with every sensor absent, as faults and not as an error, and anchors its clock', async () => {
  const messages: FromSensing[] = [];
  const sensing = await startSensing({
    transport: new ScriptedTransport(() => 'nack'),
    clock: new ManualClock(0),
    sensors: DEFAULT_SENSING,
    emit: (message) => messages.push(message),
  });
  await sensing.stop();
  const faults = messages.flatMap((m) => (m.type === 'records' ? m.drafts : []));
  const anchor = faults.pop();
  expect(anchor).toMatchObject({ kind: 'anchor', body: { monotonicMs: 0, wallMs: 0, source: 'ntp' } });
  expect(faults.map((d) => d.body)).toMatchObject(
    ['sht31d-44', 'bme280-76', 'adxl375-53'].map((sensor) => ({ sensor, isRaised: true, reason: 'absent' })),
  );
  expect(messages.at(-2)).toEqual({ type: 'ready', sensors: [] });
});
