import { ManualClock } from '@jostle/contracts';
import { expect, test } from 'vitest';
import { UNCALIBRATED } from '../calibration/calibration.ts';
import { BusQueue } from '../io/bus-queue.ts';
import { AddressedBus } from '../io/testing/addressed-bus.ts';
import { DraftOutlet } from '../sensing/draft-outlet.ts';
import type { FromSensing } from '../sensing/protocol.ts';
import { DEFAULT_SENSING, type ShockChip } from '../sensing/sensing-config.ts';
import { ShockChannel } from '../sensing/shock/shock-channel.ts';
import { TiltChannel } from '../sensing/tilt/tilt-channel.ts';
import { WorkerAnswers } from './worker-answers.ts';

/** Both accelerometers with their real channels, whose samples the test makes; no chip is on the bus. */
function started() {
  const bus = new AddressedBus({});
  const queue = new BusQueue(bus);
  const clock = new ManualClock(5000);
  const drafts = new DraftOutlet(clock, () => {});
  const tilt = { chip: 'lis3dh' as const, address: 0x18, calibration: UNCALIBRATED };
  const channels = {
    shock: new ShockChannel(DEFAULT_SENSING.shock as ShockChip, queue, clock, drafts),
    tilt: new TiltChannel(tilt, queue, clock, drafts),
  };
  const emitted: FromSensing[] = [];
  const answers = new WorkerAnswers({
    bus: queue,
    clock,
    sensors: { ...DEFAULT_SENSING, climate: [], tilt },
    climate: [],
    accelerometers: [channels.shock, channels.tilt],
    emit: (message) => emitted.push(message),
  });
  const glances = () => {
    answers.answer({ type: 'glance' });
    const last = emitted.at(-1);
    return last?.type === 'glances' ? last.glances : [];
  };
  const scan = async () => {
    emitted.length = 0;
    answers.answer({ type: 'scan' });
    await expect.poll(() => emitted.length).toBe(1);
    const [first] = emitted;
    return first?.type === 'scanned' ? first.rows : [];
  };
  return { bus, channels, answers, glances, scan };
}

const block = (xyz: number[], periodMs: number) => ({ startMs: 0, periodMs, xyz: Float32Array.from(xyz) });

test('a look shows every accelerometer, each with its own samples', () => {
  const { channels, glances } = started();
  glances();
  channels.shock.samples(block([0, 0, 2, 0, 0, 1], 1.25));
  channels.tilt.samples(block([0, 0, 1], 20));
  channels.tilt.gap(3);
  expect(glances()).toMatchObject([
    { kind: 'shock', sensor: 'adxl375-53', samples: 2, peakG: 2, rateHz: 800, fault: null },
    { kind: 'tilt', sensor: 'lis3dh-18', samples: 1, lostSamples: 3, rateHz: 50, nominalHz: 50, fault: null },
  ]);
});

test('the fault of a tilt chip is told, also when it was there before anybody looked', () => {
  const { channels, glances } = started();
  channels.tilt.lost('stale', 'no answer: nack');
  expect(glances()[1]).toMatchObject({ sensor: 'lis3dh-18', fault: 'stale: no answer: nack' });
  channels.tilt.found();
  expect(glances()[1]?.fault).toBeNull();
});

test('nobody sees the samples any more once everybody looks away', () => {
  const { channels, answers, glances } = started();
  glances();
  expect([channels.shock.watcher, channels.tilt.watcher]).not.toContain(null);
  answers.answer({ type: 'unwatch' });
  expect([channels.shock.watcher, channels.tilt.watcher]).toEqual([null, null]);
});

test('a scan names the accelerometers that give samples without asking them, and asks those that do not', async () => {
  const { bus, channels, scan } = started();
  const found = await scan();
  expect(found.filter(({ kind }) => kind === 'chip').map(({ address }) => address)).toEqual([0x18, 0x53]);
  expect(bus.writes.filter((write) => write.startsWith('18:'))).toEqual([]);
  channels.tilt.lost('stale', 'no answer: nack');
  const after = await scan();
  expect(after.find(({ address }) => address === 0x18)?.kind).toBe('silent');
});
