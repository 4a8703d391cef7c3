import { configDefaults, defineConfig } from 'vitest/config';
import LongestFirst from './tests/support/longest-first.ts';

const CHAIN_DRILLS = 'tests/drills/whole-chain.test.ts';

export default defineConfig({
  test: {
    reporters: ['default', './tests/support/closing-line.ts'],
    sequence: { sequencer: LongestFirst },
    // Most tests wait for processes that they started: on two cores vitest alone would choose one worker.
    maxWorkers: 2,
    // A process for each file would load every library anew; the modules of the project are loaded anew either way.
    isolate: false,
    // Loaded once by each worker, as what lies in node_modules is.
    server: { deps: { external: [/contracts\/dist\//] } },
    testTimeout: 60_000,
    hookTimeout: 120_000,
    // Beside other work on the machine a second, its default, is soon over.
    expect: { poll: { timeout: 30_000 } },
    env: { LOG_LEVEL: 'fatal' },
    projects: [
      {
        extends: true,
        test: { name: 'all', include: ['**/*.test.ts'], exclude: [...configDefaults.exclude, CHAIN_DRILLS] },
      },
      // Their processes need all cores: nothing else runs beside them.
      { extends: true, test: { name: 'drills', include: [CHAIN_DRILLS], sequence: { groupOrder: 1 } } },
    ],
  },
});
