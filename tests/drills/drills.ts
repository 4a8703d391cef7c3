import type { Drill } from './drill.ts';

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [];
