import type { Report } from '../figures/report.ts';

/** At which commit and on which machine figures were recorded. */
export function recordedAt({ commit, machine }: Report): string {
  const { cpu, cores, memoryMb, platform, node } = machine;
  return `at ${commit}, on ${cpu} (${cores} cores, ${memoryMb} MB, ${platform}, Node ${node})`;
}

/**
 * Nobody can check out again what such a run measured.
 *
 * @throws Error that names the file
 */
export function refuseUnknown(file: string, { commit }: Report): void {
  if (commit.endsWith('-dirty') || commit === 'unknown')
    throw new Error(`${file} was recorded at ${commit}: record it again at a commit`);
}
