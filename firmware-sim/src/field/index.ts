/** The simulated bus for the field tech's tool, which finds this package by its name. */
import { JostleError } from '@jostle/contracts';
import type { Simulator } from '@jostle/edge/field';
import { VirtualTime } from '../time/virtual-time.ts';
import { FIELD_JOURNEYS, type FieldJourney, START_MS } from './field-journeys.ts';
import { simulatedHardware } from './simulated-hardware.ts';
import { recordingOf } from './simulated-recording.ts';
import { simulatedStatus } from './simulated-status.ts';

export const simulator: Simulator = {
  journeys: Object.keys(FIELD_JOURNEYS),

  async open(name, pace) {
    const journey = journeyNamed(name);
    const realTimeout = setTimeout;
    const realNow = performance.now.bind(performance);
    const time = new VirtualTime(START_MS);
    // Only now: what keeps a timer function must find the simulated ones.
    const { simulatedStation } = await import('./simulated-station.ts');
    return simulatedStation(name, journey, time, async (ms) => {
      const begunMs = realNow();
      await time.runUntil(time.nowMs() + ms);
      const leftMs = ms - (realNow() - begunMs);
      if (pace === 'real' && leftMs > 0) await new Promise((resolve) => realTimeout(resolve, leftMs));
    });
  },

  hardware: (name, config) => simulatedHardware(journeyNamed(name), config),
  recording: (name) => recordingOf(name, journeyNamed(name)),
  agentStatus: (name) => simulatedStatus(journeyNamed(name)),
};

function journeyNamed(name: string): FieldJourney {
  const journey = FIELD_JOURNEYS[name];
  if (journey !== undefined) return journey;
  throw new JostleError('CONFIG_INVALID', `There is no journey ${name}.`);
}
