export type { AgentStatus } from '../agent.ts';
export type { FieldStation, HostFacts, Simulator } from './station.ts';
