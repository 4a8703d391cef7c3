import { DATA_DRILLS } from './data/drills.ts';
import type { Drill } from './drill.ts';
import { EDGE_DISK_DRILLS } from './edge-disk/drills.ts';
import { FUZZ_DRILLS } from './fuzz/drills.ts';
import { partitions } from './network/partitions.ts';
import { brokerAmnesia } from './processes/broker-amnesia.ts';
import { influxOutage } from './processes/influx-outage.ts';
import { kills } from './processes/kills.ts';
import { pauses } from './processes/pauses.ts';

/** Drills of the whole chain, in processes of their own. */
export const CHAIN_DRILLS: readonly Drill[] = [kills, pauses, partitions, brokerAmnesia, influxOutage];

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [
  ...CHAIN_DRILLS,
  ...EDGE_DISK_DRILLS,
  ...DATA_DRILLS,
  ...FUZZ_DRILLS,
];
