import type { Clock } from '@jostle/contracts';
import { figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf, type GeneratedRecord } from '../support/account.ts';
import { reading, START_MS, shock } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { NO_PACE } from '../support/pace.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite, type Site } from '../support/site.ts';
import { cutConnection } from '../support/thief.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const JUMPS_MS = [HOUR_MS, -HOUR_MS, DAY_MS, -DAY_MS] as const;
const TO_1970 = 0.2;
const PER_APPEND = 20;
const APPENDS_PER_JUMP = 5;
const SETTLE_MS = 30_000;

export const clockJumps: Drill = {
  name: 'clock-jumps',
  about:
    'The clock of a device jumps by an hour, a day and to 1970 while it delivers, is cut off and started again.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const jumps = isLong ? 3_000 : 60;
  const site = await openSite({ folder, brokerEnv: NO_PACE });
  const deviceId = 'JUMP-1';
  await site.register([deviceId]);
  const clock = new JumpingClock();
  const open = () => new DrillDevice({ deviceId, folder, mqttUrl: site.mqttUrl, random, clock });
  const generated: GeneratedRecord[] = [];
  let device = open();
  device.connect();
  let n = 0;
  let starts = 1;
  for (let jump = 0; jump < jumps; jump++) {
    clock.jump(random);
    for (let append = 0; append < APPENDS_PER_JUMP; append++) {
      const numbers = Array.from({ length: PER_APPEND }, () => ++n);
      device.append(numbers.map((number) => (random.chance(0.05) ? shock : reading)(number, clock.wallMs())));
    }
    if (jump % 10 === 4) await cutConnection(site.mqttUrl, deviceId);
    if (jump % 10 === 9) {
      generated.push(...device.generated);
      await device.close();
      device = open();
      device.connect();
      starts += 1;
    }
    // Now and then it catches up, so that receipts fall between the jumps as well.
    if (jump % 3 === 0)
      await awaited('a receipt', SETTLE_MS, () => device.backlog < PER_APPEND * APPENDS_PER_JUMP);
  }
  const end = performance.now();
  generated.push(...device.generated);
  progress(`${n} records, ${jumps} jumps, ${starts} starts`);
  await awaited('the last receipt', SETTLE_MS, () => device.backlog === 0);
  const recoveryMs = performance.now() - end;
  await device.close();
  const others = await figures(site, generated, { made: clock.jumps, planned: jumps });
  await site.stop();
  return { ...(await accountOf(site, generated)), recoveryMs, others };
}

async function figures(
  site: Site,
  generated: readonly GeneratedRecord[],
  jumps: { made: number; planned: number },
) {
  const overwritten = await site.ingestMetric('jostle_ingest_records_conflict_total');
  // Each seq of its one epoch was given once, in the order in which the records were made.
  const misplaced = generated.filter(
    ({ identity }, i) => identity?.seq !== i + 1 || identity.epoch !== generated[0]?.identity?.epoch,
  );
  return [
    figure('clock-jumps.jumps', jumps.made, 'jumps', 'How often the clock was set.', {
      atLeast: jumps.planned,
    }),
    figure(
      'clock-jumps.misplaced',
      misplaced.length,
      'records',
      'Whose seq is not their place in the order of measuring.',
      {
        atMost: 0,
      },
    ),
    figure(
      'clock-jumps.overwritten',
      overwritten,
      'records',
      'That met another content under their identity.',
      {
        atMost: 0,
      },
    ),
  ];
}

/** Its monotonic side is the machine's; its wall clock goes where it is set. */
class JumpingClock implements Clock {
  /** How often it was set. */
  jumps = 0;
  #offsetMs = START_MS;

  wallMs(): number {
    return Math.round(this.#offsetMs + performance.now());
  }

  monotonicMs(): number {
    return performance.now();
  }

  quality(): 'ntp' {
    return 'ntp';
  }

  jump(random: SeededRandom): void {
    this.jumps += 1;
    this.#offsetMs = random.chance(TO_1970)
      ? 0
      : Math.max(this.#offsetMs, START_MS / 2) + random.pick(JUMPS_MS);
  }
}
