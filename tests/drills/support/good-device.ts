import { awaited } from '../../support/waiting.ts';
import { draftsFrom } from './drafts.ts';
import { DrillDevice } from './drill-device.ts';
import type { SeededRandom } from './seeded-random.ts';
import type { Site } from './site.ts';

const DEVICE_ID = 'GOOD-1';
const LIVE_MS = 50;
const SETTLE_MS = 60_000;

/** A device that delivers a reading every 50 ms while something bad is done to its neighbours. */
export class GoodDevice {
  readonly device: DrillDevice;
  readonly #live: NodeJS.Timeout;

  private constructor(device: DrillDevice) {
    this.device = device;
    let n = 0;
    this.#live = setInterval(() => device.append(draftsFrom(++n, 1)), LIVE_MS);
  }

  /** Resolves when it is connected. */
  static async start({ register, mqttUrl }: Site, folder: string, random: SeededRandom): Promise<GoodDevice> {
    await register([DEVICE_ID]);
    const device = new DrillDevice({ deviceId: DEVICE_ID, folder, mqttUrl, random });
    device.connect();
    await awaited('the connection of the good device', SETTLE_MS, () => device.isUp);
    return new GoodDevice(device);
  }

  /** Makes no more, and waits for the last receipt. @returns how long that took, ms */
  async settled(): Promise<number> {
    clearInterval(this.#live);
    const from = performance.now();
    await awaited('the last receipt', SETTLE_MS, () => this.device.backlog === 0);
    return performance.now() - from;
  }

  async close(): Promise<void> {
    clearInterval(this.#live);
    await this.device.close();
  }
}
