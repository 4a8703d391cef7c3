export type { AgentStatus } from '../agent-status.ts';
export { NO_CALIBRATIONS } from '../calibration/calibration-history.ts';
export type { Recording } from '../replay/recording.ts';
export { askAgentAt } from './agent-client.ts';
export type { FieldStation, HostFacts, Simulator } from './station.ts';
