import { testDrills } from '../support/test-drills.ts';
import { EDGE_DISK_DRILLS } from './drills.ts';

testDrills(EDGE_DISK_DRILLS);
