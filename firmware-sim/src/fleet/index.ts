export type { FleetReport } from './fleet.ts';
