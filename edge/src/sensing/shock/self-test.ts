import type { AxesG } from '../../detection/index.ts';
import { faultReason } from '../../io/device-health.ts';
import type { I2cTransport } from '../../io/transport.ts';
import type { ShockChip } from '../sensing-config.ts';
import { type FifoChip, FifoDrain, type SelfTestPlan, writeSettings } from './fifo-chip.ts';
import { shockFifo } from './shock-chips.ts';

/** How long each of the two means is taken over, ms: a tenth of a second (ADXL345 datasheet, section Using Self-Test). */
const MEAN_OVER_MS = 100;

/** What the chip did when it was told to push its own mass. */
export type SelfTestReport =
  | {
      kind: 'passed' | 'failed';
      /** How far each chip axis moved, g. */
      deltaG: AxesG;
      /** What the size of each must be, g; an axis that is left out is not judged. */
      limitsG: SelfTestPlan['limitsG'];
    }
  | { kind: 'no-answer'; detail: string };

/**
 * Switches the self-test force of the chip on and compares what it reads with before. The device must lie still; the
 * bus must belong to the caller. The chip measures as the recorder wants it when this ends.
 *
 * @param wait lets time pass, ms
 */
export async function selfTest(
  transport: I2cTransport,
  chip: Pick<ShockChip, 'chip' | 'rateHz' | 'address'>,
  wait: (ms: number) => Promise<void>,
): Promise<SelfTestReport> {
  const fifo = shockFifo(chip);
  const { address } = chip;
  const { prepare, on, settleMs, limitsG } = fifo.selfTest;
  try {
    if (!(await fifo.identify(transport, address)))
      return { kind: 'no-answer', detail: 'another chip answers at this address' };
    await fifo.configure(transport, address);
    await writeSettings(transport, address, prepare);
    await wait(fifo.settleMs + settleMs);
    const off = await meanG(transport, address, fifo, wait);
    await writeSettings(transport, address, on);
    await wait(settleMs);
    const pushed = await meanG(transport, address, fifo, wait);
    await fifo.configure(transport, address);
    const deltaG = { x: pushed.x - off.x, y: pushed.y - off.y, z: pushed.z - off.z };
    return { kind: isWithin(deltaG, limitsG) ? 'passed' : 'failed', deltaG, limitsG };
  } catch (error) {
    return { kind: 'no-answer', detail: faultReason(error) };
  }
}

function isWithin(deltaG: AxesG, limitsG: SelfTestPlan['limitsG']): boolean {
  return (['x', 'y', 'z'] as const).every((axis) => {
    const limit = limitsG[axis];
    const size = Math.abs(deltaG[axis]);
    return limit === undefined || (size >= limit.min && size <= limit.max);
  });
}

/** Mean of the samples of the next tenth of a second, g. */
async function meanG(
  transport: I2cTransport,
  address: number,
  fifo: FifoChip,
  wait: (ms: number) => Promise<void>,
): Promise<AxesG> {
  const drain = new FifoDrain(fifo.capacity);
  const sum = [0, 0, 0];
  let samples = 0;
  // What waited in the FIFO is older.
  await fifo.drain(transport, address, () => 0, drain);
  for (let ms = 0; ms < MEAN_OVER_MS; ms += fifo.drainEveryMs) {
    await wait(fifo.drainEveryMs);
    await fifo.drain(transport, address, () => 0, drain);
    samples += drain.entries;
    for (let i = 0; i < drain.entries * 3; i++) sum[i % 3] = (sum[i % 3] ?? 0) + (drain.counts[i] ?? 0);
  }
  const factor = fifo.selfTest.countG / Math.max(1, samples);
  const [x = 0, y = 0, z = 0] = sum;
  return { x: x * factor, y: y * factor, z: z * factor };
}
