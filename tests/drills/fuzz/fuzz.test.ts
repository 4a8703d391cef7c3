import { testDrills } from '../support/test-drills.ts';
import { FUZZ_DRILLS } from './drills.ts';

testDrills(FUZZ_DRILLS);
