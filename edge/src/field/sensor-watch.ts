import type { Clock } from '@jostle/contracts';
import { BusQueue } from '../io/bus-queue.ts';
import { EdgeIO } from '../io/edge-io.ts';
import type { I2cTransport } from '../io/transport.ts';
import { ClimateBoard } from '../sensing/climate/board.ts';
import { ClimateSensor } from '../sensing/climate/climate-sensor.ts';
import { DraftOutlet } from '../sensing/draft-outlet.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { FifoRecorder } from '../sensing/shock/fifo-recorder.ts';
import { AccelerometerGauge } from './accelerometer-gauge.ts';
import { accelerometersOf } from './accelerometers.ts';
import type { SensorGlance } from './glance.ts';

/** As often as the table of `live` is drawn. */
const INTERVAL_MS = 1000;

/**
 * The agent's own drivers on one bus, looked at once a second in place of being recorded.
 *
 * Uses the global timers, as johnny-five does: whoever replaces them must do so before this module is loaded.
 */
export class SensorWatch {
  readonly #io: EdgeIO;
  readonly #climate: ClimateSensor[];
  readonly #accelerometers: { gauge: AccelerometerGauge; recorder: FifoRecorder }[];
  readonly #drafts: DraftOutlet;
  readonly #sampling: ReturnType<typeof setInterval>;

  static async open(transport: I2cTransport, clock: Clock, sensors: SensingConfig): Promise<SensorWatch> {
    const bus = new BusQueue(transport);
    const io = new EdgeIO(bus, clock);
    const watch = new SensorWatch(bus, io, await ClimateBoard.open(io), clock, sensors);
    // Not awaited: some chips are waited for on the way, and simulated time passes only later.
    for (const sensor of watch.#climate) void sensor.sample();
    for (const { recorder } of watch.#accelerometers) void recorder.start();
    return watch;
  }

  private constructor(bus: BusQueue, io: EdgeIO, board: ClimateBoard, clock: Clock, sensors: SensingConfig) {
    this.#io = io;
    this.#drafts = new DraftOutlet(clock, () => {});
    const config = { climateIntervalMs: INTERVAL_MS, climateLimits: [] };
    const parts = { io, bus, board, clock, drafts: this.#drafts, config };
    this.#climate = sensors.climate.map((chip) => new ClimateSensor(chip, parts));
    this.#accelerometers = accelerometersOf(sensors).map((accelerometer) => {
      const { fifo: chip, address, calibration } = accelerometer;
      const gauge = new AccelerometerGauge(accelerometer);
      const recorder = new FifoRecorder({ chip, bus, clock, address, calibration, listener: gauge });
      return { gauge, recorder };
    });
    this.#sampling = setInterval(() => {
      for (const sensor of this.#climate) void sensor.sample();
    }, INTERVAL_MS);
  }

  /** Every configured sensor as it is now; peaks are those since the last call. */
  take(): SensorGlance[] {
    // What the agent would record is of no use here.
    this.#drafts.flush();
    return [
      ...this.#climate.map((sensor) => sensor.glance()),
      ...this.#accelerometers.map(({ gauge }) => gauge.take()),
    ];
  }

  /** Silences the drivers; the transport stays open. */
  async close(): Promise<void> {
    clearInterval(this.#sampling);
    this.#io.close();
    for (const { recorder } of this.#accelerometers) await recorder.stop();
  }
}
