import { execFile } from 'node:child_process';
import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import type { Clock } from '@jostle/contracts';
import manifest from '../../package.json' with { type: 'json' };
import { SystemClock } from '../clock/clock.ts';
import type { AgentConfig } from '../config.ts';
import { firmataAddress } from '../io/firmata-address.ts';
import { openSensorBus } from '../io/sensor-bus.ts';
import { inspectOutboxFile } from '../outbox/sqlite-file.ts';
import { reachBroker } from '../uplink/broker-reach.ts';
import { tryLogin } from '../uplink/mqtt-link.ts';
import { askAgentAt } from './agent-client.ts';
import { calibrationStoreIn } from './calibration-store.ts';
import { busSettings, groupsOf, radioLinks, synchronisedAt } from './machine-files.ts';
import type { FieldStation, HostFacts } from './station.ts';

/** Who may open the bus, the interrupt lines, and a board at a serial port (Raspberry Pi OS, udev rules). */
const GROUPS = ['i2c', 'gpio', 'dialout'];
const VCGENCMD_MS = 3_000;

/** The machine that this runs on. */
export function thisMachine(config: AgentConfig, clock: Clock = new SystemClock()): FieldStation {
  return {
    config,
    journey: null,
    clock,
    calibrations: calibrationStoreIn(config.dataDir),
    askAgent: () => askAgentAt(config.dataDir),
    hostFacts: (isAgentRunning) => factsOf(config, clock, isAgentRunning),
    openBus: () => openSensorBus(config),
    pass: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  };
}

async function factsOf(config: AgentConfig, clock: Clock, isAgentRunning: boolean): Promise<HostFacts> {
  const { dataDir, mqttUrl: url, deviceId, deviceToken: token } = config;
  const dataFolder = await folderFacts(resolve(dataDir));
  return {
    dataFolder,
    outbox: outboxFacts(dataFolder, isAgentRunning),
    busFile: await busFileFacts(config),
    bus: busSettings(config.i2cBus),
    groups: process.geteuid?.() === 0 ? [] : groupsOf(GROUPS, process.getgroups?.() ?? []),
    radio: radioLinks(),
    user: userInfo().username,
    software: { version: manifest.version, node: process.versions.node },
    clock: clock.quality(),
    synchronisedAt: synchronisedAt(),
    reach: await reachBroker(url),
    login: isAgentRunning ? null : await tryLogin({ url, deviceId, token }),
    throttledBits: await throttledBits(),
  };
}

/** Another user's look would leave files behind that the agent may not write. */
function outboxFacts({ path, isOwn }: HostFacts['dataFolder'], isAgentRunning: boolean): HostFacts['outbox'] {
  if (isAgentRunning) return { kind: 'in-use' };
  return isOwn ? inspectOutboxFile(join(path, 'outbox.db')) : { kind: 'not-asked' };
}

/** Of the folder, or of the nearest one above it that is there already: the agent makes the rest. */
async function folderFacts(path: string): Promise<HostFacts['dataFolder']> {
  let existing = path;
  while (!(await isReachable(existing, constants.F_OK)) && dirname(existing) !== existing)
    existing = dirname(existing);
  const { bavail, bsize } = await statfs(existing);
  return {
    path,
    isWritable: await isReachable(existing, constants.W_OK | constants.X_OK),
    isOwn: existing !== path || (await stat(existing)).uid === process.geteuid?.(),
    freeBytes: bavail * bsize,
  };
}

async function busFileFacts({ board, i2cBus }: AgentConfig): Promise<HostFacts['busFile']> {
  if (board === undefined) return fileFacts('i2c', `/dev/i2c-${i2cBus}`);
  const address = firmataAddress(board);
  if (address.kind === 'serial') return fileFacts('serial', address.path);
  return { kind: 'network', path: `${address.host}:${address.port}`, state: 'usable' };
}

async function fileFacts(kind: 'i2c' | 'serial', path: string): Promise<HostFacts['busFile']> {
  if (!(await isReachable(path, constants.F_OK))) return { kind, path, state: 'absent' };
  const isUsable = await isReachable(path, constants.R_OK | constants.W_OK);
  return { kind, path, state: isUsable ? 'usable' : 'denied' };
}

async function isReachable(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}

/** `throttled=0x50005` on a Raspberry Pi; null where there is no such command, or it does not work. */
function throttledBits(): Promise<number | null> {
  return new Promise((resolve) => {
    execFile('vcgencmd', ['get_throttled'], { timeout: VCGENCMD_MS }, (error, stdout) => {
      const [, bits] = /throttled=(0x[0-9a-f]+)/i.exec(stdout) ?? [];
      resolve(error !== null || bits === undefined ? null : Number(bits));
    });
  });
}
