export type { AgentStatus } from '../agent.ts';
export { NO_CALIBRATIONS } from '../calibration/calibration-history.ts';
export type { FieldStation, HostFacts, Simulator } from './station.ts';
