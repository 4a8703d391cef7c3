/** A device for the field tech's tool, in simulated time. To be loaded when that time has been installed. */
import { readConfig } from '@jostle/contracts';
import { AgentConfig, sensingOf } from '@jostle/edge/agent';
import { type FieldStation, type HostFacts, NO_CALIBRATIONS } from '@jostle/edge/field';
import type { SimulatedBus } from '../bus/simulated-bus.ts';
import { simulatedDevice } from '../device/simulated-device.ts';
import type { VirtualTime } from '../time/virtual-time.ts';
import { journeyWorld } from '../world/journey-world.ts';
import type { World } from '../world/world.ts';
import { type FieldJourney, type PlugEvent, START_MS } from './field-journeys.ts';
import type { Motion } from './field-motions.ts';

const SEED = 7;
const GIBIBYTE = 1024 ** 3;

/** A device in good order: what is to be learned lies in its sensors. */
const FACTS: Omit<HostFacts, 'login'> = {
  dataFolder: { path: '/var/lib/jostle-edge', isWritable: true, isOwn: true, freeBytes: 24 * GIBIBYTE },
  outbox: { kind: 'sound', records: 12, lastMeasuredAt: null },
  busFile: { kind: 'i2c', path: '/dev/i2c-1', state: 'usable' },
  clock: 'ntp',
  throttledBits: 0,
};

/** The configuration of every simulated device: the defaults. */
export function simulatedConfig(): AgentConfig {
  return readConfig(AgentConfig, { DEVICE_ID: 'SIM-1' }, () => '');
}

/** @param pass lets simulated time pass */
export function simulatedStation(
  name: string,
  { journey, plugs, motion, zeroOffsetG }: FieldJourney,
  time: VirtualTime,
  pass: FieldStation['pass'],
): FieldStation {
  const config = simulatedConfig();
  const surroundings = { world: withMotion(journeyWorld(journey, SEED), motion), now: () => time.nowMs() };
  const bus = simulatedDevice(sensingOf(config), surroundings, SEED, zeroOffsetG);
  let calibrations = NO_CALIBRATIONS;
  for (const event of plugs) {
    if (event.afterMs === 0) move(bus, event);
    else setTimeout(() => move(bus, event), event.afterMs);
  }
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
    askAgent: async () => null,
    hostFacts: async () => ({ ...FACTS, login: { kind: 'accepted' } }),
    openBus: async () => bus,
    pass,
  };
}

function withMotion(world: World, motion: Motion | undefined): World {
  if (motion === undefined) return world;
  return { ...world, accelerationG: (wallMs, out) => motion(wallMs - START_MS, out) };
}

function move(bus: SimulatedBus, { address, isPlugged }: PlugEvent): void {
  if (isPlugged) bus.plug(address);
  else bus.unplug(address);
}
