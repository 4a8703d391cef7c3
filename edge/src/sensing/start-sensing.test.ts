import { ManualClock } from '@jostle/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ScriptedTransport } from '../io/testing/scripted-transport.ts';
import type { InterruptListener } from './interrupt/interrupt-line.ts';
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

/** A line that the test raises and breaks. */
class HandLine {
  readonly name = 'GPIO17';
  listener: InterruptListener | undefined;
  isClosed = false;

  listen(listener: InterruptListener): void {
    this.listener = listener;
  }

  close(): void {
    this.isClosed = true;
  }
}

describe('an interrupt line', () => {
  const SHOCK_ONLY = { ...DEFAULT_SENSING, climate: [] };
  const messages: FromSensing[] = [];

  async function sensingOn(line: HandLine) {
    const clock = new ManualClock(0);
    // An ADXL375 with one entry in its FIFO.
    const transport = new ScriptedTransport((t) =>
      t === 'r00/1' ? [0xe5] : t === 'r39/1' ? [1] : t.endsWith('/6') ? [0, 0, 0, 0, 20, 0] : [0],
    );
    messages.length = 0;
    const emit = (message: FromSensing) => messages.push(message);
    const sensing = await startSensing({ transport, clock, sensors: SHOCK_ONLY, interrupt: line, emit });
    const looks = () => transport.transfers.filter((t) => t === 'r30/1').length;
    return { sensing, clock, looks };
  }

  it('drains at once when it is raised, but not again and again where it hangs in the air', async () => {
    const line = new HandLine();
    const { clock, looks } = await sensingOn(line);
    clock.advance(12);
    for (let i = 0; i < 100; i++) {
      line.listener?.edge();
      await vi.advanceTimersByTimeAsync(0);
    }
    expect(looks()).toBe(1);
    clock.advance(12);
    line.listener?.edge();
    await vi.advanceTimersByTimeAsync(0);
    expect(looks()).toBe(2);
  });

  it('is a fault while nobody watches it, and samples come by the timer', async () => {
    const line = new HandLine();
    const { sensing, clock, looks } = await sensingOn(line);
    line.listener?.lost('gpiomon ended (1)');
    for (let i = 0; i < 10; i++) {
      clock.advance(15);
      await vi.advanceTimersByTimeAsync(15);
    }
    expect(looks()).toBe(10);
    line.listener?.found();
    await sensing.stop();
    expect(line.isClosed).toBe(true);
    const faults = messages.flatMap((m) =>
      m.type === 'records' ? m.drafts.flatMap((d) => (d.kind === 'fault' ? [d.body] : [])) : [],
    );
    expect(faults).toMatchObject([
      {
        sensor: 'adxl375-53-int',
        isRaised: true,
        reason: 'absent',
        detail: 'GPIO17: gpiomon ended (1)',
      },
      { sensor: 'adxl375-53-int', isRaised: false },
    ]);
  });
});
