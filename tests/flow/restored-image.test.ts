import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DeviceCompleteness } from '@jostle/contracts';
import { expect, onTestFinished, test } from 'vitest';
import { reading } from '../drills/support/drafts.ts';
import { DrillDevice } from '../drills/support/drill-device.ts';
import { seededRandom } from '../drills/support/seeded-random.ts';
import { openSite } from '../drills/support/site.ts';

const DEVICE = 'BOX-R';

test('a device whose card was restored from an image goes on under a new epoch, and all that it measures is stored', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-restored-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const [card, image] = ['card', 'image'].map((name) => join(folder, name)) as [string, string];
  for (const path of [card, image]) mkdirSync(path);
  const copy = (from: string, to: string) => {
    for (const name of readdirSync(to)) rmSync(join(to, name));
    for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
  };
  const site = await openSite({ folder });
  onTestFinished(() => site.stop());
  await site.register([DEVICE]);
  const switchOn = () =>
    new DrillDevice({ deviceId: DEVICE, folder: card, mqttUrl: site.mqttUrl, random: seededRandom(7) });
  const measure = (device: DrillDevice, from: number, count: number) =>
    device.append(Array.from({ length: count }, (_, i) => reading(from + i)));
  const deliver = async (device: DrillDevice) => {
    device.connect();
    await expect.poll(() => device.backlog).toBe(0);
    await device.close();
  };

  const first = switchOn();
  measure(first, 0, 500);
  await first.close();
  copy(card, image);
  const second = switchOn();
  measure(second, 500, 500);
  await deliver(second);

  copy(image, card);
  const restored = switchOn();
  expect([restored.epoch, restored.backlog]).toEqual([second.epoch, 500]);
  measure(restored, 10_000, 200);
  await deliver(restored);
  expect(restored.epoch).not.toBe(second.epoch);

  const answer = await fetch(`http://127.0.0.1:${site.httpPort}/api/v1/devices/${DEVICE}/completeness`);
  const { stored, late, lost } = (await answer.json()) as DeviceCompleteness;
  expect({ stored, late, lost }).toEqual({ stored: 1_200, late: 0, lost: 0 });
});
