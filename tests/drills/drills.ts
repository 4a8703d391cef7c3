import type { Drill } from './drill.ts';
import { EDGE_DISK_DRILLS } from './edge-disk/drills.ts';

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [...EDGE_DISK_DRILLS];
