import type { Drill } from '../drill.ts';
import { damagedOutbox } from './damaged-outbox.ts';
import { edgeDiskFull } from './edge-disk-full.ts';
import { powerCuts } from './power-cuts.ts';

/** What happens to the disk of a device. */
export const EDGE_DISK_DRILLS: readonly Drill[] = [damagedOutbox, powerCuts, edgeDiskFull];
