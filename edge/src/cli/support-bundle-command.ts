import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { isJostleError, JostleError } from '@jostle/contracts';
import { Command } from 'commander';
import { readAgentSecrets } from '../config.ts';
import { loadSimulator } from '../field/simulator-package.ts';
import { contentsText, gather, type Source } from '../field/support/bundle.ts';
import { bundleFolder } from '../field/support/bundle-folder.ts';
import { machineSources, stationSources } from '../field/support/sources.ts';
import { tarOf } from '../field/support/tar.ts';
import { configTable } from './config-command.ts';
import { knownJourney, simOption, simulationNotice, stationOf } from './field-station.ts';

/** `support-bundle`: all that somebody far away needs to help, in one file, and no secret. */
export function supportBundleCommand(): Command {
  return new Command('support-bundle')
    .description('gather status, checks, scan, configuration and log into a .tar.gz without secrets')
    .option(
      '--out <file>',
      'the file to make; it must not exist yet (default: in the current folder, or in that for temporary files)',
    )
    .addOption(simOption())
    .action(async ({ out, sim }: { out?: string; sim?: string }, command: Command) => {
      // Before a simulation replaces the time: the file is of today.
      const now = new Date();
      const { name, sources } = await sourcesOf(sim);
      const bundle = await gather(sources, readAgentSecrets());
      const stamp = now.toISOString().replace(/[-:]|\.\d+/g, '');
      const folder = `jostle-support-${name}-${stamp}`;
      const contents = contentsText(bundle);
      const entries = [{ name: 'contents.txt', text: contents }, ...bundle.files].map((file) => ({
        path: `${folder}/${file.name}`,
        content: file.text,
      }));
      const path = out ?? join(bundleFolder(), `${folder}.tar.gz`);
      const bytes = gzipSync(tarOf(entries, now.getTime()));
      writeNew(path, bytes);
      command
        .configureOutput()
        .writeOut?.(`${simulationNotice(sim ?? null)}${path}, ${bytes.length} bytes\n\n${contents}`);
      // johnny-five's timers would keep the process alive.
      process.exit(0);
    });
}

interface NamedSources {
  /** Of the device. */
  name: string;
  sources: Source[];
}

/** A configuration that cannot be used is what the bundle then tells of. */
async function sourcesOf(sim: string | undefined): Promise<NamedSources> {
  if (sim !== undefined) knownJourney(await loadSimulator(), sim);
  try {
    const station = await stationOf(sim, 'fast');
    const { deviceId, dataDir } = station.config;
    const sources = stationSources(station, `${configTable(station.config)}\n`);
    return {
      name: deviceId,
      sources: sim === undefined ? [...sources, ...machineSources(dataDir)] : sources,
    };
  } catch (error) {
    if (!isJostleError(error, 'CONFIG_INVALID')) throw error;
    const text = async () => `${error.message}\n`;
    return {
      name: 'unconfigured',
      sources: [
        { name: 'config.txt', what: 'what is wrong with the configuration', text },
        ...machineSources(null),
      ],
    };
  }
}

/** Nobody else may read it, and nothing is written over. */
function writeNew(path: string, bytes: Buffer): void {
  try {
    writeFileSync(path, bytes, { flag: 'wx', mode: 0o600 });
  } catch (cause) {
    throw new JostleError(
      'EDGE_BUNDLE_UNWRITABLE',
      `${path} cannot be made (${String(cause)}): name another file with --out.`,
      { cause },
    );
  }
}
