import { setImmediate } from 'node:timers/promises';
import type { Link, OpenLink } from '@jostle/edge/uplink';
import { figure } from '../../figures/figure.ts';
import { awaited } from '../../support/waiting.ts';
import type { Drill, DrillOptions, DrillResult } from '../drill.ts';
import { accountOf } from '../support/account.ts';
import { draftsFrom } from '../support/drafts.ts';
import { DrillDevice } from '../support/drill-device.ts';
import { NO_PACE } from '../support/pace.ts';
import { type SeededRandom, seededRandom } from '../support/seeded-random.ts';
import { openSite } from '../support/site.ts';
import { cutConnection } from '../support/thief.ts';

const COPIES = 5;
const DEVICES = 5;
const PER_APPEND = 4;
/** Copies are held back and mixed until there are so many. */
const POOL = 60;
const RECEIPTS_LOST = 0.3;
const RECEIPTS_REPEATED = 0.3;
const CUTS = 3;
const SHORT = { appends: 500, settleMs: 60_000 };
/** All five outboxes, broker and ingest are in one process, and each record comes five times. */
const LONG = { appends: 5_000, settleMs: 600_000 };

export const duplicateStorm: Drill = {
  name: 'duplicate-storm',
  about:
    'Each message is sent five times, shuffled and over several connections; receipts are lost and repeated.',
  parts: 'broker, ingest and devices without sensors, in one process',
  run,
};

async function run({ seed, isLong, folder, progress }: DrillOptions): Promise<DrillResult> {
  const random = seededRandom(seed);
  const { appends, settleMs } = isLong ? LONG : SHORT;
  const site = await openSite({ folder, brokerEnv: NO_PACE });
  const ids = Array.from({ length: DEVICES }, (_, i) => `STORM-${i + 1}`);
  await site.register(ids);
  const storms = ids.map(() => new Storm(random.fork()));
  const devices = ids.map((deviceId, i) => {
    const disturb = storms[i]?.around;
    const options = { deviceId, folder, mqttUrl: site.mqttUrl, random: random.fork() };
    return new DrillDevice(disturb === undefined ? options : { ...options, disturb });
  });
  for (const device of devices) device.connect();
  for (let n = 0; n < appends; n++) {
    for (const device of devices) device.append(draftsFrom(n * PER_APPEND + 1, PER_APPEND));
    await setImmediate();
    if ((n + 1) % Math.ceil(appends / CUTS) === 0)
      for (const id of ids) await cutConnection(site.mqttUrl, id);
  }
  const stormEnd = performance.now();
  progress(
    `${devices.reduce((sum, device) => sum + device.generated.length, 0)} records are in the outboxes`,
  );
  await awaited('the last receipt', settleMs, () => devices.every((device) => device.backlog === 0));
  const recoveryMs = performance.now() - stormEnd;
  for (const storm of storms) storm.flush();
  await Promise.all(devices.map((device) => device.close()));
  const absorbed = await site.ingestMetric('jostle_ingest_records_duplicate_total');
  const conflicts = await site.ingestMetric('jostle_ingest_records_conflict_total');
  await site.stop();
  const account = await accountOf(
    site,
    devices.flatMap((device) => device.generated),
  );
  return {
    ...account,
    absorbed,
    recoveryMs,
    others: [
      figure(
        'duplicate-storm.repetition',
        absorbed / account.generated,
        '×',
        'Records that came again for each one that was stored: shows that the storm took place.',
        { atLeast: COPIES - 1 },
      ),
      figure('duplicate-storm.conflicts', conflicts, 'records', 'Repetitions taken for other content.', {
        atMost: 0,
      }),
    ],
  };
}

/** Stands between an uplink and its connections: multiplies and mixes what goes out, loses and repeats receipts. */
class Storm {
  readonly #random: SeededRandom;
  #pool: string[] = [];
  #link: Link | undefined;

  constructor(random: SeededRandom) {
    this.#random = random;
  }

  readonly around =
    (open: OpenLink): OpenLink =>
    (events) => {
      const link = open({
        ...events,
        receipt: (payload) => {
          if (this.#random.chance(RECEIPTS_LOST)) return;
          events.receipt(payload);
          if (this.#random.chance(RECEIPTS_REPEATED)) events.receipt(payload);
        },
      });
      this.#link = link;
      return {
        publish: (channel, payload) => {
          if (channel === 'status') link.publish(channel, payload);
          else this.#multiply(payload);
        },
        unsentBytes: () => link.unsentBytes(),
        close: (lastStatus) => link.close(lastStatus),
      };
    };

  /** What is in the pool when a connection ends goes out over the next one. */
  #multiply(payload: string): void {
    this.#pool.push(...new Array<string>(COPIES).fill(payload));
    if (this.#pool.length >= POOL) this.flush();
    // The first copy of something new must not wait for the pool to fill: nothing else may ever come.
    else this.#link?.publish('up', payload);
  }

  flush(): void {
    for (const payload of this.#random.shuffled(this.#pool)) this.#link?.publish('up', payload);
    this.#pool = [];
  }
}
