import { backupRestore } from './data/backup-restore.ts';
import type { Drill } from './drill.ts';

/** Every drill, in the order in which they run. */
export const DRILLS: readonly Drill[] = [backupRestore];
