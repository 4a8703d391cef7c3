import { execFile } from 'node:child_process';
import { statfsSync } from 'node:fs';
import { arch, release, totalmem, uptime, version } from 'node:os';
import { resolve } from 'node:path';
import manifest from '../../../package.json' with { type: 'json' };
import { sensingOf } from '../../sensing-settings.ts';
import { askOutboxAt } from '../agent-client.ts';
import { expectedChips } from '../bus-checks.ts';
import { type CheckResult, overallVerdict } from '../check-result.ts';
import { examine } from '../doctor.ts';
import { doctorText } from '../doctor-text.ts';
import { systemNames } from '../machine-files.ts';
import { scanText } from '../scan-text.ts';
import type { FieldStation } from '../station.ts';
import { scanOf } from '../station-scan.ts';
import type { Source } from './bundle.ts';

const JOURNAL_LINES = 2000;
const JOURNAL_MS = 20_000;
const JOURNAL_BYTES_MAX = 16 * 1024 * 1024;

/** What is told of a device whose configuration can be used. */
export function stationSources(station: FieldStation, configText: string): Source[] {
  let checks: Promise<CheckResult[]> | undefined;
  const examined = () => {
    checks ??= examine(station);
    return checks;
  };
  return [
    { name: 'config.txt', what: 'the configuration', text: async () => configText },
    {
      name: 'status.json',
      what: 'what the running agent says',
      absence: 'no agent is running',
      text: async () => {
        const status = await station.askAgent();
        return status === null ? null : jsonText(status);
      },
    },
    { name: 'doctor.txt', what: 'every check', text: async () => doctorText(await examined()) },
    {
      name: 'doctor.json',
      what: 'the same for a machine',
      text: async () => {
        const results = await examined();
        return jsonText({ verdict: overallVerdict(results), checks: results });
      },
    },
    {
      name: 'scan.txt',
      what: 'who is on the bus',
      text: async () => scanText(await scanOf(station), expectedChips(sensingOf(station.config))),
    },
    { name: 'outbox.json', what: 'counts and the last faults', text: () => outboxText(station) },
  ];
}

/** What is told of the machine, whatever the configuration is. */
export function machineSources(dataDir: string | null): Source[] {
  return [
    { name: 'machine.json', what: 'versions, board, memory, disk', text: async () => machineText(dataDir) },
    {
      name: 'journal.txt',
      what: `the last ${JOURNAL_LINES} lines of the agent's log`,
      absence: 'no journal of jostle-edge here, or not for this user: sudo, or the group systemd-journal',
      text: journalText,
    },
  ];
}

/** Only an agent can look into the outbox that it has open. */
async function outboxText(station: FieldStation): Promise<string | null> {
  const told = await askOutboxAt(station.config.dataDir);
  if (told !== null) return jsonText(told);
  const { outbox } = await station.hostFacts(false);
  return jsonText(outbox);
}

function machineText(dataDir: string | null): string {
  const { node, v8, uv, openssl, modules } = process.versions;
  return jsonText({
    agent: manifest.version,
    node: { node, v8, uv, openssl, modules },
    kernel: `${release()} ${version()}`,
    arch: arch(),
    ...systemNames(),
    uptimeS: Math.round(uptime()),
    memoryBytes: totalmem(),
    ...(dataDir === null ? {} : { dataFolder: diskOf(resolve(dataDir)) }),
  });
}

function diskOf(path: string) {
  try {
    const { bavail, blocks, bsize } = statfsSync(path);
    return { path, freeBytes: bavail * bsize, allBytes: blocks * bsize };
  } catch {
    return { path };
  }
}

/** Null where there is no journal, or nothing in it that this user may read. */
function journalText(): Promise<string | null> {
  const args = ['-u', 'jostle-edge', '-n', String(JOURNAL_LINES), '--no-pager', '-o', 'short-iso'];
  return new Promise((resolveText) => {
    const limits = { timeout: JOURNAL_MS, maxBuffer: JOURNAL_BYTES_MAX };
    execFile('journalctl', args, limits, (error, stdout) =>
      resolveText(error !== null || stdout === '' ? null : stdout),
    );
  });
}

function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
