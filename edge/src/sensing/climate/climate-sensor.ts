import type { Clock } from '@jostle/contracts';
import type { ClimateGlance } from '../../field/glance.ts';
import type { BusQueue } from '../../io/bus-queue.ts';
import { faultReason } from '../../io/device-health.ts';
import type { DevicePolicy } from '../../io/device-policy.ts';
import type { EdgeIO } from '../../io/edge-io.ts';
import { bme280Policy, bmp280Policy } from '../../io/policies/bme280.ts';
import { sht4xPolicy } from '../../io/policies/sht4x.ts';
import { sht31Policy } from '../../io/policies/sht31.ts';
import { htu21dPolicy, si7021Policy } from '../../io/policies/si7021.ts';
import { tmp117Policy } from '../../io/policies/tmp117.ts';
import type { DraftOutlet } from '../draft-outlet.ts';
import type { ClimateChip, SensingConfig } from '../sensing-config.ts';
import { SensorFault } from '../sensor-fault.ts';
import { sensorName } from '../sensor-name.ts';
import type { ClimateBoard, ClimateDriver } from './board.ts';
import { ExcursionWatch } from './excursion-watch.ts';
import { implausibleQuantity } from './plausibility.ts';

const POLICIES: Record<ClimateChip['chip'], (intervalMs: number) => DevicePolicy> = {
  sht31d: sht31Policy,
  bme280: bme280Policy,
  bmp280: bmp280Policy,
  si7021: si7021Policy,
  htu21d: htu21dPolicy,
  sht4x: sht4xPolicy,
  tmp117: tmp117Policy,
};

/** A chip is read this often per record, so that a recorded value is fresh and one lost reply costs none. */
const READS_PER_INTERVAL = 4;
/** A value older than so many intervals is a fault. */
const STALE_INTERVALS = 3;

export interface ClimateSensorParts {
  io: EdgeIO;
  bus: BusQueue;
  board: ClimateBoard;
  clock: Clock;
  drafts: DraftOutlet;
  config: Pick<SensingConfig, 'climateIntervalMs' | 'climateLimits'>;
}

/**
 * One climate chip. A value is recorded once and only while it is fresh; johnny-five would repeat the last one for
 * ever. While the chip is absent it is looked for at every sample.
 */
export class ClimateSensor {
  readonly sensor: string;
  readonly #chip: ClimateChip;
  readonly #parts: ClimateSensorParts;
  readonly #policy: DevicePolicy;
  readonly #fault: SensorFault;
  readonly #excursions: ExcursionWatch;
  #driver: ClimateDriver | undefined;
  /** The chip is being asked who it is, which a hung bus can draw out beyond an interval. */
  #isConnecting = false;
  /** When the driver was started, and when the reply of the last record came; monotonic ms. */
  #drivenSinceMono = 0;
  #recordedMono = Number.NEGATIVE_INFINITY;

  constructor(chip: ClimateChip, parts: ClimateSensorParts) {
    const { clock, drafts, config } = parts;
    this.sensor = sensorName(chip);
    this.#chip = chip;
    this.#parts = parts;
    this.#policy = POLICIES[chip.chip](config.climateIntervalMs / READS_PER_INTERVAL);
    this.#fault = new SensorFault(this.sensor, drafts);
    this.#excursions = new ExcursionWatch(this.sensor, config.climateLimits, clock, drafts);
    parts.io.on('i2c:device-reset', ({ address }) => {
      if (address === chip.address)
        this.#fault.raise('reset', 'the settings were gone and were written again');
    });
  }

  /** Starts the driver if the chip is there; resolves with whether it is. */
  async connect(): Promise<boolean> {
    this.#isConnecting = true;
    const absence = await this.#absence();
    this.#isConnecting = false;
    if (absence !== null) {
      this.#fault.raise('absent', absence);
      return false;
    }
    const { io, board, clock, config } = this.#parts;
    io.setPolicy(this.#chip.address, this.#policy);
    this.#driver = board.drive(this.#chip, config.climateIntervalMs);
    this.#drivenSinceMono = clock.monotonicMs();
    return true;
  }

  /** Whether the driver is at work and its last transfer was answered. */
  get isAnswering(): boolean {
    return this.#driver !== undefined && this.#parts.io.health(this.#chip.address).consecutiveErrors === 0;
  }

  /** How the chip is now; nothing is read for it. */
  glance(): ClimateGlance {
    const { io, clock } = this.#parts;
    const { lastOkMono, replies, errors } = io.health(this.#chip.address);
    const reading = this.#driver?.reading() ?? null;
    const isGood =
      reading !== null && lastOkMono !== null && implausibleQuantity(this.#chip.chip, reading) === null;
    return {
      kind: 'climate',
      sensor: this.sensor,
      reading: isGood ? reading : null,
      ageMs: isGood ? Math.max(0, clock.monotonicMs() - lastOkMono) : null,
      readEveryMs: this.#policy.intervalMs,
      replies,
      errors,
      fault: this.#fault.inWords,
    };
  }

  /** To be called once per interval. */
  async sample(): Promise<void> {
    if (this.#isConnecting) return;
    if (this.#driver === undefined) {
      await this.connect();
      return;
    }
    const { io, clock, config } = this.#parts;
    const health = io.health(this.#chip.address);
    const ageMs = clock.monotonicMs() - Math.max(health.lastOkMono ?? 0, this.#drivenSinceMono);
    if (ageMs > STALE_INTERVALS * config.climateIntervalMs) {
      this.#excursions.gap();
      const reason = health.lastError === 'corrupt' ? 'corrupt' : 'stale';
      this.#fault.raise(reason, `no good reply for ${Math.round(ageMs / 1000)} s: ${health.lastError}`);
    } else if (health.lastOkMono !== null && health.lastOkMono > this.#recordedMono) {
      this.#record(this.#driver, health.lastOkMono);
    }
  }

  #record(driver: ClimateDriver, readMono: number): void {
    const reading = driver.reading();
    if (reading === null) return;
    const wrong = implausibleQuantity(this.#chip.chip, reading);
    if (wrong !== null) {
      this.#fault.raise('corrupt', `outside of what the chip can measure: ${wrong}`);
      return;
    }
    this.#fault.clear('good replies come again');
    this.#recordedMono = readMono;
    const ageMs = Math.max(0, Math.round(this.#parts.clock.monotonicMs() - readMono));
    this.#parts.drafts.add('climate', { sensor: this.sensor, ...reading, ageMs });
    this.#excursions.push(readMono, reading);
  }

  /** Why the chip counts as absent; null where it is there. */
  async #absence(): Promise<string | null> {
    try {
      const isThere = await this.#parts.bus.run((bus) => this.#policy.identify(bus, this.#chip.address));
      return isThere ? null : 'another chip answers at this address';
    } catch (error) {
      return `no answer: ${faultReason(error)}`;
    }
  }
}
