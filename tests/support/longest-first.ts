import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files that take minutes, the longest first: begun last they would run on alone while a core has nothing to do. */
const LONG = [
  'tests/bench/bench.test.ts',
  'tests/flow/start.test.ts',
  'tests/drills/edge-disk/edge-disk.test.ts',
  'tests/drills/fuzz/fuzz.test.ts',
];

/** Starts the files that take longest before all others. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification) => {
      const at = LONG.findIndex((path) => moduleId.endsWith(path));
      return at === -1 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
