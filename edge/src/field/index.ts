export type { AgentStatus } from '../agent.ts';
export type { Recording } from '../replay/recording.ts';
export { askAgentAt } from './agent-client.ts';
export type { FieldStation, HostFacts, Simulator } from './station.ts';
