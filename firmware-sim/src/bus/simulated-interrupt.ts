import type { InterruptLine, InterruptListener } from '@jostle/edge/sensing';

/** How often the level is looked at, ms: a tenth of what a FIFO takes to fill. */
const LOOK_EVERY_MS = 1;

/** A line that one chip raises. Uses the global timers: in simulated time, those of that time. */
export class SimulatedInterrupt implements InterruptLine {
  readonly name: string;
  /** False while the line is broken: then nobody hears it, nor is told so. */
  isConnected = true;
  /** How often the line has risen. */
  edges = 0;
  readonly #isHigh: () => boolean;
  #timer: ReturnType<typeof setInterval> | undefined;
  #wasHigh = false;

  constructor(chip: { isInterruptHigh(): boolean }, name = 'SIM-INT1') {
    this.name = name;
    this.#isHigh = () => chip.isInterruptHigh();
  }

  listen(listener: InterruptListener): void {
    this.#timer = setInterval(() => {
      const isHigh = this.#isHigh();
      if (isHigh && !this.#wasHigh && this.isConnected) {
        this.edges += 1;
        listener.edge();
      }
      this.#wasHigh = isHigh;
    }, LOOK_EVERY_MS);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
