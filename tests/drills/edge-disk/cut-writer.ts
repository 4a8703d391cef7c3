/** A device that stores, delivers and restarts, for `power-cuts`: each line that it prints is a promise that it made. */
import { writeSync } from 'node:fs';
import { Outbox } from '@jostle/edge/outbox';
import { pino } from 'pino';
import { seededRandom } from '../support/seeded-random.ts';
import { BOOT_ID, draftsFrom } from './readings.ts';

/** So few that it fills up, and thins. */
const MAX_RECORDS = 600;
const RESTART_EVERY = 60;
const BATCH_MAX = 40;
/** Now and then the network is there. */
const RECEIPT_CHANCE = 0.15;

const [path = '', seed = '0', appends = '0'] = process.argv.slice(2);
const random = seededRandom(Number(seed));
const open = () => new Outbox({ path, log: pino({ level: 'silent' }), maxRecords: MAX_RECORDS });

let outbox = open();
let n = 0;
for (let i = 1; i <= Number(appends); i++) {
  const count = 1 + random.below(BATCH_MAX);
  const [first] = outbox.append(draftsFrom(n, count), BOOT_ID);
  writeSync(1, `stored ${n} ${count} ${first?.seq}\n`);
  n += count;
  if (random.next() < RECEIPT_CHANCE) {
    const upTo = outbox.span.minSeq + random.below(outbox.count);
    writeSync(1, `delivered ${upTo}\n`);
    outbox.applyReceipt({ v: 1, epoch: outbox.epoch, upTo, have: [], dead: [] }, n * 1000);
  }
  if (i % RESTART_EVERY === 0) {
    outbox.close();
    outbox = open();
  }
}
outbox.close();
