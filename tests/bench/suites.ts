import type { Figure } from '../figures/figure.ts';

/** How much is measured. */
export interface SuiteOptions {
  /** Length of what runs at real speed, s; shorter measurements shrink with it. */
  seconds: number;
  seed: number;
  progress(text: string): void;
}
export type Suite = (options: SuiteOptions) => Promise<Figure[]>;

/**
 * Runs one suite after the other. One that throws is reported, and those behind it run all the same.
 *
 * @param done gets the figures of each as soon as it has ended
 * @returns true where all were measured and all targets are met
 */
export async function runSuites(
  suites: readonly (readonly [name: string, suite: Suite])[],
  options: SuiteOptions,
  done: (name: string, figures: Figure[]) => void,
): Promise<boolean> {
  let isMet = true;
  for (const [name, suite] of suites) {
    try {
      const figures = await suite(options);
      done(name, figures);
      isMet &&= figures.every(({ pass }) => pass);
    } catch (error) {
      options.progress(`${name} failed: ${error instanceof Error ? (error.stack ?? error.message) : error}`);
      isMet = false;
    }
  }
  return isMet;
}
