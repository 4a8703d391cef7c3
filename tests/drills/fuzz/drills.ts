import type { Drill } from '../drill.ts';
import { fuzzBroker } from './fuzz-broker.ts';
import { fuzzPayloads } from './fuzz-payloads.ts';
import { fuzzRest } from './fuzz-rest.ts';

/** Drills that send what nobody ought to send. */
export const FUZZ_DRILLS: readonly Drill[] = [fuzzBroker, fuzzPayloads, fuzzRest];
