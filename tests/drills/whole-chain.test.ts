import { DATA_DRILLS } from './data/drills.ts';
import { CHAIN_DRILLS } from './drills.ts';
import { testDrills } from './support/test-drills.ts';

testDrills([...CHAIN_DRILLS, ...DATA_DRILLS]);
