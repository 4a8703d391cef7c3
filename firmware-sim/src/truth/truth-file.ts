import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Journey } from '../world/journey.ts';
import { groundTruthOf } from '../world/truth.ts';

/** Writes what happens to a device as `DEVICE.truth.json` into the folder, which it makes; returns the path. */
export function writeTruth(folder: string, deviceId: string, journey: Journey): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${deviceId}.truth.json`);
  writeFileSync(path, `${JSON.stringify(groundTruthOf(deviceId, journey), null, 2)}\n`);
  return path;
}
