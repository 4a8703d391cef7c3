import type { SimulatedBus } from '../bus/simulated-bus.ts';

/** Something that happens to a chip during a journey: it loses its plug, or gets it back. */
export interface PlugEvent {
  afterMs: number;
  address: number;
  isPlugged: boolean;
}

/** Moves the plugs at their times, counted from now, by the timers of this thread. */
export function movePlugs(bus: SimulatedBus, plugs: readonly PlugEvent[]): void {
  for (const plug of plugs) {
    if (plug.afterMs <= 0) move(bus, plug);
    else setTimeout(() => move(bus, plug), plug.afterMs);
  }
}

function move(bus: SimulatedBus, { address, isPlugged }: PlugEvent): void {
  if (isPlugged) bus.plug(address);
  else bus.unplug(address);
}
