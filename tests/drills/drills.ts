import type { Drill } from './drill.ts';
import { kills } from './processes/kills.ts';

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [kills];
