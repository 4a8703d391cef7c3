export { type FleetReport, runFleet } from './fleet.ts';
export { type FleetOptions, readFleetCommand } from './fleet-options.ts';
export { type FleetDevice, type FleetRoster, rosterOf } from './fleet-roster.ts';
