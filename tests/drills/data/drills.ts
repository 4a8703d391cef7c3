import type { Drill } from '../drill.ts';
import { duplicateStorm } from './duplicate-storm.ts';

/** Drills about what is sent, not about who dies. */
export const DATA_DRILLS: readonly Drill[] = [duplicateStorm];
