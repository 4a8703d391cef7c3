/** A device for the field tech's tool, in simulated time. To be loaded when that time has been installed. */
import { sensingOf } from '@jostle/edge/agent';
import { readSimulatedConfig } from '@jostle/edge/config';
import { askAgentAt, type FieldStation, type HostFacts, NO_CALIBRATIONS } from '@jostle/edge/field';
import { movePlugs } from '../device/plugs.ts';
import { simulatedDevice } from '../device/simulated-device.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import { journeyWorld } from '../world/journey-world.ts';
import { FIELD_SEED, type FieldJourney, START_MS } from './field-journeys.ts';
import { withMotion } from './field-motions.ts';

const GIBIBYTE = 1024 ** 3;

/** A device in good order: what is to be learned lies in its sensors. */
const FACTS: Omit<HostFacts, 'login'> = {
  dataFolder: { path: '/var/lib/jostle-edge', isWritable: true, isOwn: true, freeBytes: 24 * GIBIBYTE },
  outbox: {
    kind: 'sound',
    epoch: '00000000-0000-4000-8000-000000000001',
    records: 12,
    kinds: { climate: 11, coverage: 1 },
    firstSeq: 18_709,
    lastSeq: 18_720,
    oldestMeasuredAt: START_MS - 90_000,
    lastMeasuredAt: START_MS - 40_000,
    lastReceiptAt: START_MS - 42_000,
    faults: [],
  },
  busFile: { kind: 'i2c', path: '/dev/i2c-1', state: 'usable' },
  bus: { isEnabled: true, baudHz: 400_000 },
  groups: ['i2c', 'gpio', 'dialout'].map((group) => ({ name: group, isMember: true })),
  radio: [{ name: 'wlan0', levelDbm: -58 }],
  user: 'jostle-edge',
  software: { version: '0.1.0', node: '20.20.2' },
  clock: 'ntp',
  synchronisedAt: START_MS - 600_000,
  reach: {
    steps: [
      { step: 'dns', isOk: true, found: 'an address, no name to look up' },
      { step: 'tcp', isOk: true, found: 'port 1883 is open' },
    ],
  },
  throttledBits: 0,
};

/** @param pass lets simulated time pass */
export function simulatedStation(
  name: string,
  { journey, plugs, motion, zeroOffsetG }: FieldJourney,
  time: VirtualTime,
  pass: FieldStation['pass'],
): FieldStation {
  const config = readSimulatedConfig(name);
  const world = withMotion(journeyWorld(journey, FIELD_SEED), motion, START_MS);
  const surroundings = { world, now: () => time.nowMs() };
  const bus = simulatedDevice(sensingOf(config), surroundings, FIELD_SEED, zeroOffsetG);
  movePlugs(bus, plugs);
  let calibrations = NO_CALIBRATIONS;
  return {
    config,
    journey: name,
    clock: time.clock(),
    calibrations: {
      read: () => calibrations,
      write: (history) => {
        calibrations = history;
      },
    },
    askAgent: () => askAgentAt(config.dataDir),
    // A running agent says itself how its outbox and its way to the broker are.
    hostFacts: async (isAgentRunning) =>
      isAgentRunning
        ? { ...FACTS, outbox: { kind: 'in-use' }, reach: { steps: [] }, login: null }
        : { ...FACTS, login: { kind: 'accepted' } },
    openBus: async () => bus,
    pass,
  };
}
