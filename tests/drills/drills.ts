import { DATA_DRILLS } from './data/drills.ts';
import type { Drill } from './drill.ts';
import { FUZZ_DRILLS } from './fuzz/drills.ts';

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [...DATA_DRILLS, ...FUZZ_DRILLS];
