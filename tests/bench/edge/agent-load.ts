import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Figure, figure } from '../../figures/figure.ts';
import type { SuiteOptions } from '../suites.ts';
import { bundleDevice } from './bundle.ts';
import { journeyFrom } from './measured-journey.ts';
import { measureProcess } from './measured-process.ts';
import { type Station, startStation } from './station.ts';

const CPU_TARGET_PCT = 6;
const RSS_TARGET_MB = 120;
/** A run from the sources is there for its memory alone, which is settled sooner. */
const SOURCES_SHARE = 0.1;

const DEVICE = fileURLToPath(new URL('../../../firmware-sim/src/device/main.ts', import.meta.url));

/** What the agent with one ADXL375 at 800 Hz and one SHT31 costs at real speed. */
export async function agentFigures({ seconds, seed, progress }: SuiteOptions): Promise<Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'jostle-bench-agent-'));
  const station = await startStation(folder);
  try {
    const entry = await bundleDevice(join(folder, 'bundle'));
    const env = (name: string) => deviceEnv(folder, name, station, seed);
    progress(`agent at real speed, bundled: ${seconds} s`);
    const bundled = await measureProcess([entry], env('bundled'), seconds);
    const aloneSeconds = Math.ceil(seconds * SOURCES_SHARE);
    progress(`its simulated chips alone: ${aloneSeconds} s`);
    const alone = await measureProcess([join(folder, 'bundle', 'simulator-alone.js')], {}, aloneSeconds);
    progress(`the same agent from its sources: ${aloneSeconds} s`);
    const sources = await measureProcess(['--import', 'tsx', DEVICE], env('sources'), aloneSeconds);
    return [
      figure(
        'edge.agent.cpu',
        bundled.cpuPct,
        '% of a core',
        `Processor time of the whole agent, ADXL375 at 800 Hz and SHT31, at real speed over ${seconds} s, bundled; the simulated chips run inside and are counted.`,
        { atMost: CPU_TARGET_PCT },
      ),
      figure(
        'edge.simulator.cpu',
        alone.cpuPct,
        '% of a core',
        'The part of the simulated chips and their time: the same bus transactions without an agent.',
      ),
      figure('edge.agent.rss', bundled.rssMb, 'MB', 'Largest resident memory in that run.', {
        atMost: RSS_TARGET_MB,
      }),
      figure(
        'edge.agent.rss.sources',
        sources.rssMb,
        'MB',
        'The same from the TypeScript sources: a loader in each of two threads.',
      ),
    ];
  } finally {
    await station.stop();
    rmSync(folder, { recursive: true });
  }
}

function deviceEnv(folder: string, name: string, station: Station, seed: number): Record<string, string> {
  const dataDir = join(folder, name);
  mkdirSync(dataDir);
  const simulationFile = join(folder, `${name}.json`);
  const simFromMs = Date.now();
  writeFileSync(
    simulationFile,
    JSON.stringify({ seed, simFromMs, speed: 1, journey: journeyFrom(simFromMs) }),
  );
  return {
    DEVICE_ID: station.deviceId,
    DEVICE_TOKEN: station.token,
    MQTT_URL: station.mqttUrl,
    JOSTLE_DATA_DIR: dataDir,
    JOSTLE_SIM_FILE: simulationFile,
    SHOCK_CHIP: 'adxl375@53',
    CLIMATE_CHIPS: 'sht31d@44',
    LOG_LEVEL: 'warn',
  };
}
