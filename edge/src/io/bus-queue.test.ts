import { describe, expect, it } from 'vitest';
import { BusQueue } from './bus-queue.ts';
import { ScriptedTransport } from './testing/scripted-transport.ts';

/** A task that holds the bus until it is released. */
function heldTask() {
  let release: () => void = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { run: () => held, release: () => release() };
}

describe('BusQueue', () => {
  it('runs drains before routine tasks, each kind in the order of asking', async () => {
    const bus = new BusQueue(new ScriptedTransport());
    const order: string[] = [];
    const held = heldTask();
    const log = (name: string) => async () => {
      order.push(name);
    };
    const all = [
      bus.run(held.run),
      bus.run(log('routine 1')),
      bus.run(log('routine 2')),
      bus.run(log('drain 1'), 'drain'),
      bus.run(log('drain 2'), 'drain'),
    ];
    held.release();
    await Promise.all(all);
    expect(order).toEqual(['drain 1', 'drain 2', 'routine 1', 'routine 2']);
  });

  it('never lets two tasks have the bus at once', async () => {
    const bus = new BusQueue(new ScriptedTransport());
    let users = 0;
    let most = 0;
    const task = async () => {
      users += 1;
      most = Math.max(most, users);
      await Promise.resolve();
      users -= 1;
    };
    const first = bus.run(task);
    const second = bus.run(task);
    // Asked for in the moment in which the bus changes hands.
    const third = first.then(() => bus.run(task, 'drain'));
    await Promise.all([first, second, third]);
    expect(most).toBe(1);
  });

  it('hands the bus on when a task fails', async () => {
    const bus = new BusQueue(new ScriptedTransport());
    const failing = bus.run(async () => {
      throw new RangeError('broken');
    });
    const next = bus.run(async () => 'done');
    await expect(failing).rejects.toThrow('broken');
    await expect(next).resolves.toBe('done');
  });
});
