import type { Clock } from '@jostle/contracts';
import type { BusQueue } from '../io/bus-queue.ts';
import type { ClimateSensor } from '../sensing/climate/climate-sensor.ts';
import type { FromSensing, SensorQuestion } from '../sensing/protocol.ts';
import type { SensingConfig } from '../sensing/sensing-config.ts';
import type { ShockChannel } from '../sensing/shock/shock-channel.ts';
import { AccelerometerGauge } from './accelerometer-gauge.ts';
import { accelerometersOf } from './accelerometers.ts';
import { type Answer, askAddress, rowOf, scanWith } from './bus-scan.ts';
import { CHIP_KINDS, isKind } from './chip-catalogue.ts';
import type { SensorGlance } from './glance.ts';

/** What an accelerometer that runs lets be seen of it. */
export type AccelerometerChannel = Pick<ShockChannel, 'sensor' | 'fault' | 'watcher'>;

export interface WorkerAnswersParts {
  bus: BusQueue;
  clock: Clock;
  sensors: SensingConfig;
  /** The sensors that run, in the order of the configuration. */
  climate: readonly ClimateSensor[];
  accelerometers: readonly AccelerometerChannel[];
  emit(message: FromSensing): void;
}

/** Answers what a field tech asks of a bus that is at work: from what is sampled anyway, and never ahead of a drain. */
export class WorkerAnswers {
  readonly #parts: WorkerAnswersParts;
  /** They see the samples while somebody looks; made by `glance`, let go by `unwatch`. */
  #gauged: { channel: AccelerometerChannel; gauge: AccelerometerGauge }[] | null = null;

  constructor(parts: WorkerAnswersParts) {
    this.#parts = parts;
  }

  answer(question: SensorQuestion): void {
    const { accelerometers, clock, emit } = this.#parts;
    if (question.type === 'scan') void this.#scan();
    else if (question.type === 'glance')
      emit({ type: 'glances', atMs: clock.wallMs(), glances: this.#glances() });
    else {
      this.#gauged = null;
      for (const channel of accelerometers) channel.watcher = null;
    }
  }

  /** One address is one task: between two of them the drains that wait have their turn. */
  async #scan(): Promise<void> {
    const { bus, emit } = this.#parts;
    const scanned = await scanWith(
      async (address) =>
        this.#known(address) ?? (await bus.run((transport) => askAddress(transport, address))),
    );
    emit({ type: 'scanned', rows: scanned.map(rowOf) });
  }

  /**
   * A chip that answers its driver is not asked again: a command in the middle of a measurement spoils it, and its
   * replies say more than an id.
   */
  #known(address: number): Answer | undefined {
    const { sensors, climate, accelerometers } = this.#parts;
    const index = sensors.climate.findIndex((chip) => chip.address === address);
    const driven = sensors.climate[index];
    if (driven !== undefined) return climate[index]?.isAnswering ? chipNamed(driven.chip) : undefined;
    const chip = accelerometersOf(sensors).find((configured) => configured.address === address);
    const channel = accelerometers.find(({ sensor }) => sensor === chip?.sensor);
    return chip === undefined || channel?.fault !== null ? undefined : chipNamed(chip.chip);
  }

  #glances(): SensorGlance[] {
    this.#gauged ??= this.#gauge();
    return [
      ...this.#parts.climate.map((sensor) => sensor.glance()),
      ...this.#gauged.map(({ channel, gauge }) => ({ ...gauge.take(), fault: channel.fault })),
    ];
  }

  #gauge(): { channel: AccelerometerChannel; gauge: AccelerometerGauge }[] {
    const { sensors, accelerometers } = this.#parts;
    return accelerometersOf(sensors).flatMap((chip) => {
      const channel = accelerometers.find(({ sensor }) => sensor === chip.sensor);
      if (channel === undefined) return [];
      const gauge = new AccelerometerGauge(chip);
      channel.watcher = gauge;
      return [{ channel, gauge }];
    });
  }
}

function chipNamed(configured: string): Answer | undefined {
  const chip = CHIP_KINDS.find((kind) => isKind(kind, configured));
  return chip === undefined ? undefined : { kind: 'chip', chip };
}
