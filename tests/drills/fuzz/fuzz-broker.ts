import { figure, quantile } from '../../figures/figure.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { GoodDevice } from '../support/good-device.ts';
import { startMain } from '../support/main-process.ts';
import { NO_PACE } from '../support/pace.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite } from '../support/site.ts';
import { runSession } from './fuzz-sessions.ts';

const AT_ONCE = 64;
const MEMORY_LIMIT_MB = 256;

export const fuzzBroker: Drill = {
  name: 'fuzz-broker',
  about:
    'Random and mutated packets, before and after the login, at a broker that serves a good device meanwhile.',
  parts: 'the broker, a process of its own; ingest and a device without sensors in another one',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  // Few names log in again and again, faster than the pace of a device: who waits for that is not stuck.
  const broker = await startMain('broker', { MQTT_PORT: '0', ...NO_PACE });
  const site = await openSite({ folder, mqttUrl: `mqtt://127.0.0.1:${broker.port}` });
  const good = await GoodDevice.start(site, folder, random.fork());

  const planned = isLong ? 1_000_000 : 100_000;
  const fuzz = await runFuzz(broker.port, random, planned, () => broker.isUp);
  progress(`${fuzz.packets} packets in ${fuzz.sessions} connections`);
  const isUp = broker.isUp;
  const settled = isUp ? { recoveryMs: await good.settled() } : {};
  const memoryMb = isUp ? broker.peakMemoryMb() : Number.NaN;
  await good.close();
  await site.stop();
  await broker.stop();
  return {
    ...(await accountOf(site, good.device.generated)),
    ...settled,
    others: [
      figure('fuzz-broker.packets', fuzz.packets, 'packets', 'Sent to the broker.', { atLeast: planned }),
      figure('fuzz-broker.crashes', isUp ? 0 : 1, 'crashes', 'Of the broker.', { atMost: 0 }),
      figure('fuzz-broker.stuck', fuzz.stuck, 'connections', 'That neither side had ended after 10 s.', {
        atMost: 0,
      }),
      figure('fuzz-broker.memory', memoryMb, 'MiB', 'The most that the broker had resident.', {
        atMost: MEMORY_LIMIT_MB,
      }),
      figure(
        'fuzz-broker.lag-p99',
        quantile(good.device.lagsMs(), 0.99),
        'ms',
        'From storing to receipt at the good device meanwhile.',
      ),
    ],
  };
}

async function runFuzz(port: number, random: SeededRandom, target: number, isUp: () => boolean) {
  const fuzz = { packets: 0, sessions: 0, stuck: 0 };
  const lane = async () => {
    while (fuzz.packets < target && isUp()) {
      fuzz.sessions += 1;
      const { packets, isStuck } = await runSession(port, random.fork(), fuzz.sessions);
      fuzz.packets += packets;
      if (isStuck) fuzz.stuck += 1;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
  return fuzz;
}
