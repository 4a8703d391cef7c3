import type { Drill } from '../drill.ts';
import { backupRestore } from './backup-restore.ts';
import { clockJumps } from './clock-jumps.ts';
import { duplicateStorm } from './duplicate-storm.ts';
import { cleanRun, handDeleted } from './hand-deleted.ts';
import { offline72h } from './offline-72h.ts';
import { poison } from './poison.ts';
import { serverDiskFull } from './server-disk-full.ts';

/** Drills about what is sent, not about who dies. */
export const DATA_DRILLS: readonly Drill[] = [
  duplicateStorm,
  poison,
  offline72h,
  clockJumps,
  serverDiskFull,
  handDeleted,
  cleanRun,
  backupRestore,
];
