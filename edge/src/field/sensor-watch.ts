import type { ClimateBody, Clock, FaultBody } from '@jostle/contracts';
import { clipLimits } from '../detection/index.ts';
import { BusQueue } from '../io/bus-queue.ts';
import { EdgeIO } from '../io/edge-io.ts';
import type { I2cTransport } from '../io/transport.ts';
import { ClimateBoard } from '../sensing/climate/board.ts';
import { ClimateSensor } from '../sensing/climate/climate-sensor.ts';
import { DraftOutlet } from '../sensing/draft-outlet.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import { sensorName } from '../sensing/sensor-name.ts';
import { FifoRecorder } from '../sensing/shock/fifo-recorder.ts';
import { shockFifo } from '../sensing/shock/shock-chips.ts';
import type { ClimateGlance, SensorGlance } from './glance.ts';
import { ShockGauge } from './shock-gauge.ts';

/** As often as the table of `live` is drawn. */
const INTERVAL_MS = 1000;

/**
 * The agent's own drivers on one bus, looked at once a second in place of being recorded.
 *
 * Uses the global timers, as johnny-five does: whoever replaces them must do so before this module is loaded.
 */
export class SensorWatch {
  readonly #clock: Clock;
  readonly #io: EdgeIO;
  readonly #climate: ClimateSensor[] = [];
  /** Key: name of the sensor. */
  readonly #glances = new Map<string, ClimateGlance & { readAtMono: number | null }>();
  readonly #gauge: ShockGauge | null = null;
  readonly #recorder: FifoRecorder | null = null;
  readonly #drafts: DraftOutlet;
  readonly #sampling: ReturnType<typeof setInterval>;

  static async open(transport: I2cTransport, clock: Clock, sensors: SensingConfig): Promise<SensorWatch> {
    const bus = new BusQueue(transport);
    const io = new EdgeIO(bus, clock);
    const watch = new SensorWatch(bus, io, await ClimateBoard.open(io), clock, sensors);
    // Not awaited: some chips are waited for on the way, and simulated time passes only later.
    for (const sensor of watch.#climate) void sensor.sample();
    void watch.#recorder?.start();
    return watch;
  }

  private constructor(bus: BusQueue, io: EdgeIO, board: ClimateBoard, clock: Clock, sensors: SensingConfig) {
    this.#clock = clock;
    this.#io = io;
    this.#drafts = new DraftOutlet(clock, (drafts) => {
      for (const draft of drafts) {
        if (draft.kind === 'climate') this.#read(draft.body);
        else if (draft.kind === 'fault') this.#note(draft.body);
      }
    });
    const config = { climateIntervalMs: INTERVAL_MS, climateLimits: [] };
    for (const chip of sensors.climate) {
      const sensor = new ClimateSensor(chip, { io, bus, board, clock, drafts: this.#drafts, config });
      const nothing = { reading: null, readAtMono: null, ageMs: null, fault: null };
      this.#glances.set(sensor.sensor, { kind: 'climate', sensor: sensor.sensor, ...nothing });
      this.#climate.push(sensor);
    }
    const { shock } = sensors;
    if (shock !== null) {
      const chip = shockFifo(shock);
      this.#gauge = new ShockGauge(
        sensorName(shock),
        clipLimits(chip.rangeG, chip.countG, shock.calibration),
      );
      this.#recorder = new FifoRecorder({ ...shock, chip, bus, clock, listener: this.#gauge });
    }
    this.#sampling = setInterval(() => {
      for (const sensor of this.#climate) void sensor.sample();
    }, INTERVAL_MS);
  }

  /** Every configured sensor as it is now; peaks are those since the last call. */
  take(): SensorGlance[] {
    this.#drafts.flush();
    const now = this.#clock.monotonicMs();
    const climate = [...this.#glances.values()].map(({ readAtMono, ...glance }) => ({
      ...glance,
      ageMs: readAtMono === null ? null : Math.max(0, now - readAtMono),
    }));
    return this.#gauge === null ? climate : [...climate, this.#gauge.take()];
  }

  /** Silences the drivers; the transport stays open. */
  async close(): Promise<void> {
    clearInterval(this.#sampling);
    this.#io.close();
    await this.#recorder?.stop();
  }

  #read({ sensor, ageMs, ...reading }: ClimateBody): void {
    const glance = this.#glances.get(sensor);
    if (glance === undefined) return;
    glance.reading = reading;
    glance.readAtMono = this.#clock.monotonicMs() - ageMs;
  }

  #note({ sensor, isRaised, reason, detail }: FaultBody): void {
    const glance = this.#glances.get(sensor);
    if (glance !== undefined) glance.fault = isRaised ? `${reason}: ${detail}` : null;
  }
}
