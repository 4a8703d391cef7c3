import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { JostleError } from '@jostle/contracts';
import type { FromSensing } from '@jostle/edge/sensing';
import { type Figure, figure } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';
import type { DayInput, DayOutput } from './day-process.ts';
import { JOURNEY_NAMES, type JourneyName } from './measured-journey.ts';
import { startStation } from './station.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const FLASH_TARGET_MB = 60;
const MEGABYTE = 1e6;

interface Volume {
  flashMb: number;
  upKb: number;
  downKb: number;
}

/** What a day at the default settings writes to the card and sends over the air. */
export async function dayFigures({ seconds, seed, progress }: SuiteOptions): Promise<Figure[]> {
  const isFull = seconds >= 60;
  const lengthMs = (isFull ? 60 : 2) * MINUTE_MS;
  const repetitions = isFull ? DAY_MS / lengthMs : 1;
  const figures: Figure[] = [];
  for (const name of JOURNEY_NAMES) {
    progress(`${name} journey: sensing ${lengthMs / MINUTE_MS} min in simulated time`);
    const batches = await sensedOn(name, lengthMs, seed);
    progress(`${name} journey: ${repetitions} times through the agent`);
    const day = await volumeOf(batches, repetitions, lengthMs);
    const how = `${lengthMs / MINUTE_MS} min at the default settings (ADXL375, SHT31, BME280) simulated whole, their records sent ${repetitions} times through the agent`;
    figures.push(
      figure(
        `edge.flash.${name}`,
        day.flashMb,
        'MB/day',
        `Written to the disk by the agent's process (write_bytes of /proc/self/io): ${how}, with a receipt for each message.`,
        { atMost: FLASH_TARGET_MB },
      ),
      figure(
        `edge.uplink.${name}`,
        day.upKb,
        'kB/day',
        'MQTT bytes that the device sent, without TCP/IP and TLS; pings not counted, at most 4 kB.',
      ),
      figure(
        `edge.downlink.${name}`,
        day.downKb,
        'kB/day',
        'MQTT bytes that the device received: acknowledgements and receipts.',
      ),
    );
  }
  return figures;
}

/** The records that the agent's sensing makes on a stretch of a journey. */
async function sensedOn(name: JourneyName, lengthMs: number, seed: number): Promise<FromSensing[]> {
  const child = forkBeside('./stretch-process.ts', [name, String(lengthMs), String(seed)]);
  return (await messageOf(child)) as FromSensing[];
}

async function volumeOf(batches: FromSensing[], repetitions: number, lengthMs: number): Promise<Volume> {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-bench-day-'));
  const station = await startStation(folder);
  try {
    const dataDir = join(folder, 'device');
    mkdirSync(dataDir);
    const child = forkBeside('./day-process.ts', []);
    const env = {
      DEVICE_ID: station.deviceId,
      DEVICE_TOKEN: station.token,
      MQTT_URL: station.mqttUrl,
      JOSTLE_DATA_DIR: dataDir,
    };
    child.send({ env, batches, repetitions, lengthMs } satisfies DayInput);
    const { writtenBytes } = (await messageOf(child)) as DayOutput;
    const days = (repetitions * lengthMs) / DAY_MS;
    return {
      flashMb: writtenBytes / MEGABYTE / days,
      upKb: station.bytes.up / 1000 / days,
      downKb: station.bytes.down / 1000 / days,
    };
  } finally {
    await station.stop();
    rmSync(folder, { recursive: true });
  }
}

function forkBeside(file: string, args: readonly string[]): ChildProcess {
  return fork(fileURLToPath(new URL(file, import.meta.url)), args, { execArgv: ['--import', 'tsx'] });
}

async function messageOf(child: ChildProcess): Promise<unknown> {
  const exited = once(child, 'exit').then(([code]) => {
    throw new JostleError('INTERNAL', `A measured process ended with ${code} before it had a result.`);
  });
  const [message] = await Promise.race([once(child, 'message'), exited]);
  return message;
}
